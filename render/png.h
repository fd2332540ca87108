// Images as files (private to render/: knows OpenCV).
#pragma once

#include <filesystem>
#include <opencv2/core.hpp>

namespace matchday {

/// Writes a PNG file, whole or not at all. Throws as save_picture does.
void save_png(const std::filesystem::path& path, const cv::Mat& image);

}  // namespace matchday
