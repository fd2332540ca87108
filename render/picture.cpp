#include "render/picture.h"

#include <opencv2/imgcodecs.hpp>
#include <vector>

#include "files/atomic_file.h"
#include "render/draw.h"
#include "render/png.h"

namespace matchday {

void save_png(const std::filesystem::path& path, const cv::Mat& image) {
  std::vector<unsigned char> png;
  cv::imencode(".png", image, png);
  write_whole(path, {reinterpret_cast<const char*>(png.data()), png.size()});
}

void save_picture(const std::filesystem::path& path, const Rules& rules, const TeamNames& names, const Scene& scene,
                  int width) {
  cv::Mat image;
  Painter(rules, names, width).paint(scene, image);
  save_png(path, image);
}

}  // namespace matchday
