#include "render/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "render/image.h"
#include "render/palette.h"
#include "render/shapes.h"
#include "render/text.h"

namespace matchday {
namespace {

constexpr std::size_t panels_in_a_row = 3;

/// Distinguishable with every kind of colour vision (Okabe and Ito's palette, for a dark background).
constexpr std::array<Colour, 6> line_colours{web_colour(0xFFD23F), web_colour(0x56B4E9), web_colour(0xE8541E),
                                             web_colour(0x2FBF8F), web_colour(0xCC79A7), web_colour(0xFFFFFF)};

/// The distance between the grid lines of a range: a round number of about a fifth of the range.
double grid_distance(double range) {
  const double rough = range / 5.0;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= rough) return factor * power;
  return 10.0 * power;
}

/// The positions of a range's grid lines: whole multiples of their distance.
std::vector<double> grid_lines(ChartInterval range) {
  const double distance = grid_distance(range.highest - range.lowest);
  std::vector<double> lines;
  // + 0.0: rounded up, a number just below 0 is -0, which would be labelled so.
  for (double k = std::ceil(range.lowest / distance) + 0.0; k * distance <= range.highest + 1e-9; ++k)
    lines.push_back(k * distance);
  return lines;
}

/// The range, widened if it is empty.
ChartInterval widened(ChartInterval range) {
  if (range.highest <= range.lowest) range.highest = range.lowest + 1.0;
  return range;
}

void stretch(ChartInterval& range, double lowest, double highest) {
  range = {std::min(range.lowest, lowest), std::max(range.highest, highest)};
}

ChartInterval range_of_x(const Chart& chart) {
  ChartInterval range{0.0, 0.0};
  for (const ChartPanel& panel : chart.panels)
    for (const ChartSeries& series : panel.series)
      for (const ChartPoint& point : series.points) stretch(range, point.x, point.x);
  return widened(range);
}

ChartInterval range_of_y(const ChartPanel& panel) {
  ChartInterval range{panel.always, panel.always};
  for (const ChartSeries& series : panel.series) {
    for (const ChartPoint& point : series.points) stretch(range, point.y, point.y);
    for (const ChartInterval& interval : series.band) stretch(range, interval.lowest, interval.highest);
  }
  return widened(range);
}

std::vector<std::string> labels_of(const Chart& chart) {
  std::vector<std::string> labels;
  for (const ChartPanel& panel : chart.panels)
    for (const ChartSeries& series : panel.series)
      if (std::find(labels.begin(), labels.end(), series.label) == labels.end()) labels.push_back(series.label);
  return labels;
}

/// Maps a panel's numbers to places in the picture.
struct Frame {
  Pixel upper_left;
  float width;   ///< px
  float height;  ///< px
  ChartInterval x;
  ChartInterval y;

  Pixel at(double px, double py) const {
    return {upper_left.x + static_cast<float>((px - x.lowest) / (x.highest - x.lowest)) * width,
            upper_left.y + static_cast<float>((y.highest - py) / (y.highest - y.lowest)) * height};
  }
};

void draw_grid(cairo_t* pen, const Frame& frame, float text) {
  const auto draw_line = [&](Pixel from, Pixel to, Colour colour) { draw_polyline(pen, {from, to}, 1.0F, colour); };
  for (const double y : grid_lines(frame.y)) {
    const Pixel left = frame.at(frame.x.lowest, y);
    draw_line(left, frame.at(frame.x.highest, y), y == 0.0 ? quiet_text_colour : bar_track_colour);
    draw_text(pen, fmt::format("{:g}", y), {left.x - text, left.y}, {text, Align::right, quiet_text_colour});
  }
  for (const double x : grid_lines(frame.x)) {
    const Pixel below = frame.at(x, frame.y.lowest);
    draw_line(below, frame.at(x, frame.y.highest), bar_track_colour);
    draw_text(pen, fmt::format("{:g}", x), {below.x, below.y + 1.8F * text}, {text, Align::centre, quiet_text_colour});
  }
}

void draw_band(cairo_t* pen, const Frame& frame, const ChartSeries& series, Colour colour) {
  constexpr float opacity = 0.25F;
  std::vector<Pixel> outline;
  for (std::size_t k = 0; k < series.band.size(); ++k)
    outline.push_back(frame.at(series.points[k].x, series.band[k].highest));
  for (std::size_t k = series.band.size(); k-- > 0;)
    outline.push_back(frame.at(series.points[k].x, series.band[k].lowest));
  if (!outline.empty()) draw_polygon(pen, outline, colour, opacity);
}

void draw_series(cairo_t* pen, const Frame& frame, const ChartSeries& series, float line, Colour colour) {
  std::vector<Pixel> points;
  for (const ChartPoint& point : series.points) points.push_back(frame.at(point.x, point.y));
  if (!points.empty()) draw_polyline(pen, points, line, colour);
}

/// The sizes of a chart's parts, px.
struct ChartLayout {
  explicit ChartLayout(const Chart& chart, int picture_width)
      : width(picture_width),
        unit(static_cast<float>(picture_width) / 1280.0F),
        panel_width(std::floor(static_cast<float>(picture_width) / static_cast<float>(panels_in_a_row))),
        panel_height(std::round(panel_width * 2.0F / 3.0F)),
        head(std::round(64.0F * unit)),
        height(static_cast<int>(head + panel_height * std::ceil(static_cast<float>(chart.panels.size()) /
                                                                static_cast<float>(panels_in_a_row)))) {}

  int width;
  float unit;  ///< px for a px in a chart of 1280 px
  float panel_width;
  float panel_height;
  float head;  ///< what the title and the labels take above the panels
  int height;
};

void draw_chart(cairo_t* pen, const Chart& chart, const ChartLayout& layout) {
  const float unit = layout.unit;
  const TextStyle small{9.0F * unit, Align::left, quiet_text_colour};
  set_colour(pen, bar_colour);
  cairo_paint(pen);

  const std::vector<std::string> labels = labels_of(chart);
  const auto colour_of = [&](const std::string& label) {
    const auto place = std::find(labels.begin(), labels.end(), label) - labels.begin();
    return line_colours[static_cast<std::size_t>(place) % line_colours.size()];
  };
  draw_text(pen, chart.title, {16.0F * unit, 20.0F * unit}, {12.0F * unit, Align::left, white});
  float x = 16.0F * unit;
  for (const std::string& label : labels) {
    TextStyle style = small;
    style.colour = colour_of(label);
    draw_text(pen, label, {x, 46.0F * unit}, style);
    x += text_width(label, style) + 24.0F * unit;
  }
  draw_text(pen, chart.x_label, {static_cast<float>(layout.width) - 16.0F * unit, 46.0F * unit},
            {small.height, Align::right, quiet_text_colour});

  const ChartInterval over = range_of_x(chart);
  for (std::size_t k = 0; k < chart.panels.size(); ++k) {
    const ChartPanel& panel = chart.panels[k];
    const std::size_t column = k % panels_in_a_row;
    const std::size_t row = k / panels_in_a_row;
    const float left = static_cast<float>(column) * layout.panel_width;
    const float above = layout.head + static_cast<float>(row) * layout.panel_height;
    const Frame frame{{left + 48.0F * unit, above + 28.0F * unit},
                      layout.panel_width - 64.0F * unit,
                      layout.panel_height - 64.0F * unit,
                      over,
                      range_of_y(panel)};
    draw_grid(pen, frame, small.height);
    draw_text(pen, panel.title, {frame.upper_left.x, frame.upper_left.y - 14.0F * unit},
              {10.0F * unit, Align::left, white});
    for (const ChartSeries& series : panel.series) draw_band(pen, frame, series, colour_of(series.label));
    for (const ChartSeries& series : panel.series)
      draw_series(pen, frame, series, 2.0F * unit, colour_of(series.label));
  }
}

}  // namespace

void save_chart(const std::filesystem::path& path, const Chart& chart, int width) {
  const ChartLayout layout(chart, width);
  if (path.extension() == ".svg")
    return save_svg(path, layout.width, layout.height, [&](cairo_t* pen) { draw_chart(pen, chart, layout); });
  const Image image(layout.width, layout.height);
  draw_chart(image.pen(), chart, layout);
  save_png(path, image);
}

}  // namespace matchday
