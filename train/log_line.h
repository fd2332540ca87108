// A line of a run's logs, metrics.jsonl and evaluations.jsonl: a JSON object of named numbers.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

namespace matchday {

using LogLine = nlohmann::ordered_json;

/// What a line, or an object in it, says by this name. What was no number, such as the gradient of a step that
/// overflowed, stands there as null, and is none here.
inline std::optional<double> number_in(const LogLine& line, const char* key) {
  if (!line.is_object() || !line.contains(key) || !line[key].is_number()) return std::nullopt;
  return line[key].get<double>();
}

/// The same of what is counted. A number with a fraction, or of more than 64 bits, is none.
inline std::optional<std::int64_t> count_in(const LogLine& line, const char* key) {
  if (!number_in(line, key) || !line[key].is_number_integer()) return std::nullopt;
  const auto count = line[key].get<std::int64_t>();
  return count >= 0 ? std::optional(count) : std::nullopt;
}

}  // namespace matchday
