#include "render/shapes.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace matchday {
namespace {

/// Text is drawn this many times larger and then shrunk: smooth, and placed to a quarter of a pixel.
constexpr int text_zoom = 4;

/// Height of the capitals of OpenCV's Hershey fonts at scale 1, px.
constexpr float hershey_capitals = 21.0F;

/// Width of the text's strokes as a share of its height: a strong face, readable on moving discs.
constexpr float stroke_share = 0.15F;

constexpr int font = cv::FONT_HERSHEY_SIMPLEX;

/// A floating point bound as a pixel index; NaN gives 0, so that a broken position draws nothing instead of crashing.
int index_within(float value, int end) {
  return static_cast<int>(std::fmin(std::fmax(value, 0.0F), static_cast<float>(end)));
}

cv::Rect pixels_within(const cv::Mat& image, Pixel upper_left, Pixel lower_right) {
  const int x = index_within(std::floor(upper_left.x), image.cols);
  const int y = index_within(std::floor(upper_left.y), image.rows);
  const int right = index_within(std::ceil(lower_right.x), image.cols);
  const int below = index_within(std::ceil(lower_right.y), image.rows);
  return {x, y, std::max(right - x, 0), std::max(below - y, 0)};
}

/// Moves a pixel towards the colour by share / 256.
void blend_pixel(Colour& pixel, Colour colour, int share) {
  const auto blend = [share](int old, int target) {
    return static_cast<unsigned char>(old + (target - old) * share / 256);
  };
  pixel = {blend(pixel.blue, colour.blue), blend(pixel.green, colour.green), blend(pixel.red, colour.red)};
}

/// Blends the colour into each pixel of the rectangle by its coverage (0 to 1), `cover(x, y)` at the pixel's middle.
template <typename Cover>
void paint(cv::Mat& image, cv::Rect where, Colour colour, float opacity, Cover cover) {
  for (int y = where.y; y < where.y + where.height; ++y) {
    auto* row = image.ptr<Colour>(y);
    for (int x = where.x; x < where.x + where.width; ++x) {
      const float share = cover(static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F);
      if (share > 0.0F) blend_pixel(row[x], colour, static_cast<int>(256.0F * opacity * std::min(share, 1.0F)));
    }
  }
}

void paint_mask(cv::Mat& image, cv::Rect where, const cv::Mat& mask, Colour colour, float opacity) {
  for (int y = 0; y < where.height; ++y) {
    auto* row = image.ptr<Colour>(where.y + y) + where.x;
    const auto* covered = mask.ptr<unsigned char>(y);
    for (int x = 0; x < where.width; ++x)
      if (covered[x] > 0)
        blend_pixel(row[x], colour, static_cast<int>(opacity * static_cast<float>(covered[x]) * 1.004F));
  }
}

int text_thickness(float height) {
  return std::max(1, static_cast<int>(std::lround(text_zoom * height * stroke_share)));
}

double text_scale(float height) { return static_cast<double>(text_zoom * height / hershey_capitals); }

}  // namespace

void draw_disc(cv::Mat& image, Pixel centre, float radius, Colour colour, float opacity, float softness) {
  const float reach = radius + softness;
  const cv::Rect where =
      pixels_within(image, {centre.x - reach, centre.y - reach}, {centre.x + reach, centre.y + reach});
  paint(image, where, colour, opacity, [=](float x, float y) {
    const float distance = std::sqrt((x - centre.x) * (x - centre.x) + (y - centre.y) * (y - centre.y));
    return (radius - distance) / softness + 0.5F;
  });
}

void draw_ring(cv::Mat& image, Pixel centre, float radius, float line, Colour colour, float opacity) {
  const float reach = radius + 1.0F;
  const cv::Rect where =
      pixels_within(image, {centre.x - reach, centre.y - reach}, {centre.x + reach, centre.y + reach});
  paint(image, where, colour, opacity, [=](float x, float y) {
    const float distance = std::sqrt((x - centre.x) * (x - centre.x) + (y - centre.y) * (y - centre.y));
    return std::min(radius - distance, distance - radius + line) + 0.5F;
  });
}

void draw_box(cv::Mat& image, Pixel upper_left, Pixel lower_right, float corner, Colour colour, float opacity) {
  const Pixel centre{0.5F * (upper_left.x + lower_right.x), 0.5F * (upper_left.y + lower_right.y)};
  const Pixel inner{0.5F * (lower_right.x - upper_left.x) - corner, 0.5F * (lower_right.y - upper_left.y) - corner};
  paint(image, pixels_within(image, upper_left, lower_right), colour, opacity, [=](float x, float y) {
    const float beyond_x = std::abs(x - centre.x) - inner.x;
    const float beyond_y = std::abs(y - centre.y) - inner.y;
    const float outside = std::hypot(std::max(beyond_x, 0.0F), std::max(beyond_y, 0.0F));
    return corner - outside - std::min(std::max(beyond_x, beyond_y), 0.0F) + 0.5F;
  });
}

void draw_comet(cv::Mat& image, const std::vector<Pixel>& points, float radius, Colour colour, float opacity) {
  if (points.size() < 2) return;
  Pixel upper_left = points.front();
  Pixel lower_right = points.front();
  for (const Pixel& point : points) {
    upper_left = {std::min(upper_left.x, point.x), std::min(upper_left.y, point.y)};
    lower_right = {std::max(lower_right.x, point.x), std::max(lower_right.y, point.y)};
  }
  const float reach = radius + 1.0F;
  const cv::Rect where = pixels_within(image, {upper_left.x - reach, upper_left.y - reach},
                                       {lower_right.x + reach, lower_right.y + reach});
  if (where.empty()) return;

  // Pieces overlap at their joints: each pixel takes the strongest one, so that joints do not show.
  cv::Mat mask(where.size(), CV_8U, cv::Scalar(0));
  const auto pieces = static_cast<float>(points.size() - 1);
  for (std::size_t piece = 0; piece + 1 < points.size(); ++piece) {
    const Pixel from{points[piece].x - static_cast<float>(where.x), points[piece].y - static_cast<float>(where.y)};
    const Pixel along{points[piece + 1].x - points[piece].x, points[piece + 1].y - points[piece].y};
    const float length_squared = std::max(along.x * along.x + along.y * along.y, 1e-6F);
    const cv::Rect box =
        pixels_within(mask, {from.x + std::min(along.x, 0.0F) - reach, from.y + std::min(along.y, 0.0F) - reach},
                      {from.x + std::max(along.x, 0.0F) + reach, from.y + std::max(along.y, 0.0F) + reach});
    for (int y = box.y; y < box.y + box.height; ++y) {
      auto* row = mask.ptr<unsigned char>(y);
      for (int x = box.x; x < box.x + box.width; ++x) {
        const float dx = static_cast<float>(x) + 0.5F - from.x;
        const float dy = static_cast<float>(y) + 0.5F - from.y;
        const float part = std::clamp((dx * along.x + dy * along.y) / length_squared, 0.0F, 1.0F);
        const float age = (static_cast<float>(piece) + part) / pieces;  // 0 oldest, 1 newest
        const float distance =
            std::sqrt((dx - part * along.x) * (dx - part * along.x) + (dy - part * along.y) * (dy - part * along.y));
        const float share = age * std::clamp(radius * age - distance + 0.5F, 0.0F, 1.0F);
        row[x] = std::max(row[x], static_cast<unsigned char>(255.0F * share));
      }
    }
  }
  paint_mask(image, where, mask, colour, opacity);
}

float text_width(const std::string& text, float height) {
  int baseline = 0;
  const int thickness = text_thickness(height);
  const cv::Size size = cv::getTextSize(text, font, text_scale(height), thickness, &baseline);
  return static_cast<float>(size.width - thickness) / text_zoom;  // OpenCV adds the thickness once, on the right
}

std::string fit_text(const std::string& text, float height, float width) {
  std::string plain;
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte >= 0x80 && byte < 0xC0) continue;  // UTF-8: a later byte of a character that has its '?' already
    plain += byte >= 0x20 && byte < 0x7F ? character : '?';
  }
  if (text_width(plain, height) <= width) return plain;
  while (!plain.empty() && text_width(plain + "...", height) > width) plain.pop_back();
  while (!plain.empty() && plain.back() == ' ') plain.pop_back();
  return plain + "...";
}

void draw_text(cv::Mat& image, const std::string& text, Pixel at, float height, Align align, Colour colour,
               float opacity) {
  const float width = text_width(text, height);
  const float left = at.x - (align == Align::left ? 0.0F : align == Align::centre ? 0.5F * width : width);
  const float below = at.y + 0.5F * height;  // the base line
  const float margin = height;               // room for descenders and for the strokes' width
  const cv::Rect where =
      pixels_within(image, {left - margin, below - height - margin}, {left + width + margin, below + margin});
  if (where.empty()) return;
  cv::Mat large(where.height * text_zoom, where.width * text_zoom, CV_8U, cv::Scalar(0));
  const cv::Point origin(static_cast<int>(std::lround((left - static_cast<float>(where.x)) * text_zoom)),
                         static_cast<int>(std::lround((below - static_cast<float>(where.y)) * text_zoom)));
  cv::putText(large, text, origin, font, text_scale(height), cv::Scalar(255), text_thickness(height), cv::LINE_8);
  cv::Mat mask;
  cv::resize(large, mask, where.size(), 0.0, 0.0, cv::INTER_AREA);
  paint_mask(image, where, mask, colour, opacity);
}

}  // namespace matchday
