#include "render/picture.h"

#include "render/draw.h"
#include "render/image.h"

namespace matchday {

void save_picture(const std::filesystem::path& path, const Rules& rules, const TeamNames& names, const Scene& scene,
                  int width) {
  const Painter painter(rules, names, width);
  const Image image(painter.layout().width, painter.layout().height);
  painter.paint(scene, image.pen());
  save_png(path, image);
}

}  // namespace matchday
