// Pictures in memory, which Cairo draws into (private to render/).
#pragma once

#include <cairo.h>

#include <filesystem>
#include <functional>
#include <memory>

namespace matchday {

struct ReleaseCairo {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* pen) const { cairo_destroy(pen); }
};

/// What is drawn into, and what draws. Lengths are px, from the upper left corner of the picture.
using Surface = std::unique_ptr<cairo_surface_t, ReleaseCairo>;
using Pen = std::unique_ptr<cairo_t, ReleaseCairo>;

class Image {
 public:
  /// A black image; width and height in px.
  Image(int width, int height);

  int width() const { return cairo_image_surface_get_width(surface_.get()); }
  int height() const { return cairo_image_surface_get_height(surface_.get()); }
  cairo_t* pen() const { return pen_.get(); }
  cairo_surface_t* surface() const { return surface_.get(); }

  /// The pixels of row y, four bytes each: blue, green, red and one without a meaning.
  unsigned char* row(int y) const;

  /// From one row's first byte to the next row's.
  std::size_t stride() const { return static_cast<std::size_t>(cairo_image_surface_get_stride(surface_.get())); }

 private:
  Surface surface_;
  Pen pen_;
};

/// Writes a PNG file, whole or not at all. Throws as save_picture does.
void save_png(const std::filesystem::path& path, const Image& image);

/// Writes what `draw` draws as an SVG file, whole or not at all; width and height in px. Throws as save_picture does.
void save_svg(const std::filesystem::path& path, int width, int height, const std::function<void(cairo_t*)>& draw);

}  // namespace matchday
