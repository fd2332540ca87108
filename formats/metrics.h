// Named numbers, as logs and tables have them.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace matchday {

/// In the order in which they are logged.
using Metrics = std::vector<std::pair<std::string, double>>;

/// The metric of that name, or 0 if there is none.
inline double metric(const Metrics& metrics, const std::string& name) {
  const auto found = std::find_if(metrics.begin(), metrics.end(), [&](const auto& row) { return row.first == name; });
  return found == metrics.end() ? 0.0 : found->second;
}

}  // namespace matchday
