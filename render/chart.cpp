#include "render/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "render/palette.h"
#include "render/png.h"
#include "render/shapes.h"

namespace matchday {
namespace {

constexpr int panels_in_a_row = 3;

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

cv::Scalar scalar(Colour colour) { return {double(colour.blue), double(colour.green), double(colour.red)}; }

/// Maps a panel's numbers to places on the image.
struct Frame {
  cv::Rect area;
  ChartInterval x;
  ChartInterval y;

  cv::Point2d at(double px, double py) const {
    return {area.x + (px - x.lowest) / (x.highest - x.lowest) * area.width,
            area.y + area.height - (py - y.lowest) / (y.highest - y.lowest) * area.height};
  }
};

void draw_grid(cv::Mat& image, const Frame& frame, float text) {
  const auto line = [&](cv::Point2d from, cv::Point2d to, Colour colour) {
    cv::line(image, from, to, scalar(colour), 1, cv::LINE_AA);
  };
  const auto pixel = [](cv::Point2d p) { return Pixel{static_cast<float>(p.x), static_cast<float>(p.y)}; };
  for (const double y : grid_lines(frame.y)) {
    line(frame.at(frame.x.lowest, y), frame.at(frame.x.highest, y), y == 0.0 ? quiet_text_colour : bar_track_colour);
    draw_text(image, fmt::format("{:g}", y), pixel(frame.at(frame.x.lowest, y) - cv::Point2d(8, 0)), text, Align::right,
              quiet_text_colour);
  }
  for (const double x : grid_lines(frame.x)) {
    line(frame.at(x, frame.y.lowest), frame.at(x, frame.y.highest), bar_track_colour);
    draw_text(image, fmt::format("{:g}", x), pixel(frame.at(x, frame.y.lowest) + cv::Point2d(0, 1.8 * text)), text,
              Align::centre, quiet_text_colour);
  }
}

constexpr int shift = 4;  // OpenCV takes sub-pixel places as integers, in sixteenths of a pixel

cv::Point sixteenths(cv::Point2d place) {
  return {cvRound(place.x * double(1 << shift)), cvRound(place.y * double(1 << shift))};
}

void draw_band(cv::Mat& image, const Frame& frame, const ChartSeries& series, Colour colour) {
  constexpr double opaque = 0.25;
  std::vector<cv::Point> outline;
  for (std::size_t k = 0; k < series.band.size(); ++k)
    outline.push_back(sixteenths(frame.at(series.points[k].x, series.band[k].highest)));
  for (std::size_t k = series.band.size(); k-- > 0;)
    outline.push_back(sixteenths(frame.at(series.points[k].x, series.band[k].lowest)));
  if (outline.empty()) return;
  cv::Mat filled = image.clone();
  cv::fillPoly(filled, std::vector{outline}, scalar(colour), cv::LINE_AA, shift);
  cv::addWeighted(filled, opaque, image, 1.0 - opaque, 0.0, image);
}

void draw_series(cv::Mat& image, const Frame& frame, const ChartSeries& series, Colour colour) {
  std::vector<cv::Point> points;
  for (const ChartPoint& point : series.points) points.push_back(sixteenths(frame.at(point.x, point.y)));
  if (!points.empty()) cv::polylines(image, points, false, scalar(colour), 2, cv::LINE_AA, shift);
}

}  // namespace

void save_chart(const std::filesystem::path& path, const Chart& chart, int width) {
  const auto unit = static_cast<float>(width) / 1280.0F;
  const float text = 9.0F * unit;
  const int rows = (static_cast<int>(chart.panels.size()) + panels_in_a_row - 1) / panels_in_a_row;
  const int panel_width = width / panels_in_a_row;
  const int panel_height = panel_width * 2 / 3;
  const int head = static_cast<int>(64.0F * unit);
  cv::Mat image(head + rows * panel_height, width, CV_8UC3, scalar(bar_colour));

  const std::vector<std::string> labels = labels_of(chart);
  const auto colour_of = [&](const std::string& label) {
    const auto place = std::find(labels.begin(), labels.end(), label) - labels.begin();
    return line_colours[static_cast<std::size_t>(place) % line_colours.size()];
  };
  draw_text(image, chart.title, {16.0F * unit, 20.0F * unit}, 12.0F * unit, Align::left, white);
  float x = 16.0F * unit;
  for (const std::string& label : labels) {
    draw_text(image, label, {x, 46.0F * unit}, text, Align::left, colour_of(label));
    x += text_width(label, text) + 24.0F * unit;
  }
  draw_text(image, chart.x_label, {static_cast<float>(width) - 16.0F * unit, 46.0F * unit}, text, Align::right,
            quiet_text_colour);

  const ChartInterval over = range_of_x(chart);
  for (std::size_t k = 0; k < chart.panels.size(); ++k) {
    const ChartPanel& panel = chart.panels[k];
    const int column = static_cast<int>(k) % panels_in_a_row;
    const int row = static_cast<int>(k) / panels_in_a_row;
    const auto px = [&](float size) { return static_cast<int>(size * unit); };
    const Frame frame{{column * panel_width + px(48), head + row * panel_height + px(28), panel_width - px(64),
                       panel_height - px(64)},
                      over,
                      range_of_y(panel)};
    draw_grid(image, frame, text);
    draw_text(image, panel.title, {static_cast<float>(frame.area.x), static_cast<float>(frame.area.y - px(14))},
              10.0F * unit, Align::left, white);
    for (const ChartSeries& series : panel.series) draw_band(image, frame, series, colour_of(series.label));
    for (const ChartSeries& series : panel.series) draw_series(image, frame, series, colour_of(series.label));
  }
  save_png(path, image);
}

}  // namespace matchday
