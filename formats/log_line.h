// A line of a run's logs, metrics.jsonl and evaluations.jsonl: a JSON object of named numbers.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

namespace matchday {

using LogLine = nlohmann::ordered_json;

/// The number under this key of a line, or of an object in it. A number that was not finite, such as an overflowed
/// gradient norm, is logged as null and gives nothing here.
inline std::optional<double> number_in(const LogLine& line, const char* key) {
  if (!line.is_object() || !line.contains(key) || !line[key].is_number()) return std::nullopt;
  return line[key].get<double>();
}

/// The same for a count. A negative number, one with a fraction or one of more than 64 bits gives nothing.
inline std::optional<std::int64_t> count_in(const LogLine& line, const char* key) {
  if (!number_in(line, key) || !line[key].is_number_integer()) return std::nullopt;
  const auto count = line[key].get<std::int64_t>();
  return count >= 0 ? std::optional(count) : std::nullopt;
}

}  // namespace matchday
