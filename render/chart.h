// Curves of numbers over a common axis, in panels side by side.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace matchday {

struct ChartPoint {
  double x;
  double y;
};

/// A range in y.
struct ChartInterval {
  double lowest;
  double highest;
};

/// A line. Lines with the same label have the same colour in all panels.
struct ChartSeries {
  std::string label;
  std::vector<ChartPoint> points;
  std::vector<ChartInterval> band{};  ///< drawn behind the line, an interval for each point; or none
};

struct ChartPanel {
  std::string title;
  std::vector<ChartSeries> series;
  double always = 0.0;  ///< a y that is always shown
};

struct Chart {
  std::string title;
  std::string x_label;
  std::vector<ChartPanel> panels;
};

/// Writes the chart as a PNG file, or as SVG if the path ends so, `width` px wide, three panels in a row. Each panel
/// has its own range of y. If it can't be written, throws a std::runtime_error that names the path (BadInput if the
/// path is to blame).
void save_chart(const std::filesystem::path& path, const Chart& chart, int width = 1280);

}  // namespace matchday
