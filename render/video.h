// Videos of matches.
#pragma once

#include <filesystem>
#include <memory>

#include "render/frames.h"
#include "render/layout.h"
#include "render/scene.h"
#include "rules/rules.h"

namespace matchday {

inline constexpr int frames_per_second = 30;

struct VideoOptions {
  int width = default_picture_width;  ///< px
  int frames_per_step = 2;            ///< a match of 180 steps lasts 12 s
};

/// Writes an H.264 MP4 file of a match, scene by scene. The file appears under its name only in `finish()`; a video
/// that is destroyed earlier leaves no file. If it can't be written, throws a std::runtime_error that names the path
/// (BadInput if the path itself is to blame).
class Video {
 public:
  Video(const std::filesystem::path& path, const Rules& rules, const TeamNames& names,
        const VideoOptions& options = {});
  ~Video();
  Video(Video&&) noexcept;
  Video& operator=(Video&&) noexcept;

  /// Shows the next scene in as many frames as Frames::next gives it.
  void show(const Scene& scene);

  /// Completes the file.
  void finish();

 private:
  struct Writer;
  Writer& unfinished();

  std::unique_ptr<Writer> writer_;
};

}  // namespace matchday
