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

/// A line. Those of one label have one colour in all panels.
struct ChartSeries {
  std::string label;
  std::vector<ChartPoint> points;
};

struct ChartPanel {
  std::string title;
  std::vector<ChartSeries> series;
};

struct Chart {
  std::string title;
  std::string x_label;
  std::vector<ChartPanel> panels;
};

/// Writes the chart as a PNG file, `width` px wide, three panels in a row. Each panel has its own range of y, which
/// always shows 0. What cannot be written is a std::runtime_error that names the path (BadInput if the path is to
/// blame).
void save_chart(const std::filesystem::path& path, const Chart& chart, int width = 1280);

}  // namespace matchday
