#include "app/bench_output.h"

#include <fmt/format.h>

#include "rules/bad_input.h"

namespace matchday {
namespace {

/// The values of a row, separated by commas; or its keys.
std::string csv_line(const nlohmann::ordered_json& row, bool keys) {
  std::string line;
  for (const auto& [key, value] : row.items())
    line += (line.empty() ? "" : ",") + (keys ? key : value.is_string() ? value.get<std::string>() : value.dump());
  return line;
}

}  // namespace

BenchOutput::BenchOutput(bool json, const std::string& csv, const std::string& heading) : json_(json) {
  if (!csv.empty()) {
    csv_.open(csv);
    if (!csv_) throw BadInput(fmt::format("{} can't be written", csv));
  }
  if (!json) fmt::print("{}\n", heading);
}

void BenchOutput::add(const nlohmann::ordered_json& row, const std::string& line) {
  fmt::print("{}\n", json_ ? row.dump() : line);
  std::fflush(stdout);
  if (csv_.is_open()) {
    if (first_) csv_ << csv_line(row, true) << "\n";
    csv_ << csv_line(row, false) << std::endl;
  }
  first_ = false;
}

std::string in_short(double number) {
  return number < 1e6 ? fmt::format("{:.3g} k", number / 1e3) : fmt::format("{:.3g} M", number / 1e6);
}

}  // namespace matchday
