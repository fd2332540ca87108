#include "render/video_file.h"

#include <cmath>
#include <cstdlib>
#include <mutex>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgproc.hpp>
#include <stdexcept>
#include <string>

#include "render/video.h"

namespace matchday {
namespace {

/// Errors are reported by exceptions here: OpenCV and FFmpeg need not print theirs too.
void silence_video_libraries() {
  static std::once_flag once;
  std::call_once(once, [] {
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", 0);  // AV_LOG_QUIET; OpenCV reads it when it first opens a video
  });
}

/// The temporary file's absolute path: in a name without a folder FFmpeg would take the part before a colon for a
/// protocol.
std::string file_name(const AtomicFile& file) { return std::filesystem::absolute(file.temporary()).string(); }

}  // namespace

VideoFile::VideoFile(const std::filesystem::path& path, int width, int height)
    : file_(path, ".mp4"), frame_(height, width, CV_8UC3) {
  silence_video_libraries();
  if (!writer_.open(file_name(file_), cv::CAP_FFMPEG, cv::VideoWriter::fourcc('a', 'v', 'c', '1'), frames_per_second,
                    frame_.size()))
    throw std::runtime_error(path.string() + ": cannot be written: this OpenCV has no H.264 encoder (avc1, FFmpeg)");
}

void VideoFile::write(const Image& image, int count) {
  const cv::Mat drawn(image.height(), image.width(), CV_8UC4, image.row(0), image.stride());
  cv::cvtColor(drawn, frame_, cv::COLOR_BGRA2BGR);
  for (int i = 0; i < count; ++i) writer_.write(frame_);
  frames_ += count;
}

void VideoFile::finish() {
  writer_.release();
  // FFmpeg does not report a full disk, so the file is read back before it gets its name.
  cv::VideoCapture written(file_name(file_), cv::CAP_FFMPEG);
  if (!written.isOpened() || std::lround(written.get(cv::CAP_PROP_FRAME_COUNT)) != frames_)
    throw std::runtime_error(file_.target().string() + ": cannot be written: the video is incomplete");
  written.release();
  file_.finish();
}

}  // namespace matchday
