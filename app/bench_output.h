// Where a benchmark's rows go: to the screen as a table or as JSON, and to a CSV file.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace matchday {

class BenchOutput {
 public:
  /// heading: of the table. csv: the file's path, or "". Throws BadInput if that can't be written.
  BenchOutput(bool json, const std::string& csv, const std::string& heading);

  /// A row, as an object and as a line of the table.
  void add(const nlohmann::ordered_json& row, const std::string& line);

 private:
  bool json_;
  bool first_ = true;
  std::ofstream csv_;
};

/// 12,400,000 as "12.4 M", 81,000 as "81 k".
std::string in_short(double number);

}  // namespace matchday
