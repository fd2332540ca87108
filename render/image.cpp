#include "render/image.h"

#include <cairo-svg.h>

#include <bit>
#include <stdexcept>
#include <string>

#include "files/atomic_file.h"

namespace matchday {
namespace {

static_assert(std::endian::native == std::endian::little, "Cairo's pixels are words: blue is their first byte here");

/// Throws if Cairo could not do what it was asked to.
void require_success(cairo_status_t status) {
  if (status != CAIRO_STATUS_SUCCESS)
    throw std::runtime_error(std::string("a picture cannot be drawn: ") + cairo_status_to_string(status));
}

/// Takes a file's bytes from Cairo: `text` is a std::string.
cairo_status_t append(void* text, const unsigned char* bytes, unsigned count) {
  static_cast<std::string*>(text)->append(reinterpret_cast<const char*>(bytes), count);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace

Image::Image(int width, int height)
    : surface_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)), pen_(cairo_create(surface_.get())) {
  require_success(cairo_status(pen_.get()));
}

unsigned char* Image::row(int y) const {
  cairo_surface_flush(surface_.get());
  return cairo_image_surface_get_data(surface_.get()) + static_cast<std::size_t>(y) * stride();
}

void save_png(const std::filesystem::path& path, const Image& image) {
  std::string png;
  require_success(cairo_surface_write_to_png_stream(image.surface(), append, &png));
  write_whole(path, png);
}

void save_svg(const std::filesystem::path& path, int width, int height, const std::function<void(cairo_t*)>& draw) {
  std::string svg;
  const Surface surface(cairo_svg_surface_create_for_stream(append, &svg, width, height));
  const Pen pen(cairo_create(surface.get()));
  draw(pen.get());
  cairo_surface_finish(surface.get());
  require_success(cairo_status(pen.get()));
  write_whole(path, svg);
}

}  // namespace matchday
