#include "render/video.h"

#include <stdexcept>

#include "render/draw.h"
#include "render/video_file.h"

namespace matchday {

struct Video::Writer {
  Writer(const std::filesystem::path& path, const Rules& rules, const TeamNames& names, const VideoOptions& options)
      : frames(rules, options.frames_per_step),
        painter(rules, names, options.width),
        image(painter.layout().width, painter.layout().height),
        file(path, image.width(), image.height()) {}

  Frames frames;
  const Painter painter;
  const Image image;
  VideoFile file;
};

Video::Video(const std::filesystem::path& path, const Rules& rules, const TeamNames& names, const VideoOptions& options)
    : writer_(std::make_unique<Writer>(path, rules, names, options)) {}
Video::~Video() = default;
Video::Video(Video&&) noexcept = default;
Video& Video::operator=(Video&&) noexcept = default;

void Video::show(const Scene& scene) {
  Writer& writer = unfinished();
  for (const Shown& shown : writer.frames.next(scene)) {
    writer.painter.paint(shown.scene, writer.image.pen());
    writer.file.write(writer.image, shown.frames);
  }
}

void Video::finish() {
  unfinished().file.finish();
  writer_.reset();
}

Video::Writer& Video::unfinished() {
  if (!writer_) throw std::logic_error("the video is already finished");
  return *writer_;
}

}  // namespace matchday
