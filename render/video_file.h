// A video as a file (private to render/: knows OpenCV).
#pragma once

#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/videoio.hpp>

#include "files/atomic_file.h"
#include "render/image.h"

namespace matchday {

/// An H.264 MP4 file, written whole or not at all. Throws as Video does.
class VideoFile {
 public:
  VideoFile(const std::filesystem::path& path, int width, int height);

  /// Adds the image as the next `count` frames. It must have the video's size.
  void write(const Image& image, int count = 1);

  /// Completes the file and gives it its name. Nothing can be written afterwards.
  void finish();

 private:
  AtomicFile file_;  ///< outlives the writer that has it open
  cv::VideoWriter writer_;
  cv::Mat frame_;  ///< as OpenCV wants it: three bytes a pixel
  int frames_ = 0;
};

}  // namespace matchday
