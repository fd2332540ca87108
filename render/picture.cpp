#include "render/picture.h"

#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <stdexcept>
#include <vector>

#include "render/draw.h"
#include "render/png.h"
#include "render/unfinished_file.h"

namespace matchday {

void save_png(const std::filesystem::path& path, const cv::Mat& image) {
  UnfinishedFile file(path, ".png");
  std::vector<unsigned char> png;
  cv::imencode(".png", image, png);
  std::ofstream stream(file.temporary(), std::ios::binary);
  stream.write(reinterpret_cast<const char*>(png.data()), static_cast<std::streamsize>(png.size()));
  stream.close();
  if (!stream) throw std::runtime_error("cannot write " + path.string() + ": writing failed");
  file.finish();
}

void save_picture(const std::filesystem::path& path, const Rules& rules, const TeamNames& names, const Scene& scene,
                  int width) {
  cv::Mat image;
  Painter(rules, names, width).paint(scene, image);
  save_png(path, image);
}

}  // namespace matchday
