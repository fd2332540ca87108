// What a config says about the network.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rules/field.h"

namespace matchday {

struct NetworkOptions {
  std::vector<std::int64_t> hidden{128, 128, 128, 128};
  std::string head = "squashed";
  double log_std_start = -0.7;
  double log_std_lowest = -3.0;
  double log_std_highest = 0.5;
};

inline constexpr std::array<Field<NetworkOptions>, 5> network_fields{{
    number_field("hidden", &NetworkOptions::hidden, 1, 65536, "units", "widths of the hidden layers, in order"),
    choice_field("head", &NetworkOptions::head, "squashed|footyai",
                 "how actions are drawn: a tanh-squashed Gaussian, or FootyAI's own"),
    number_field("log_std_start", &NetworkOptions::log_std_start, -20, 3, "",
                 "log standard deviation of an untrained network's actions"),
    number_field("log_std_lowest", &NetworkOptions::log_std_lowest, -20, 3, "",
                 "log standard deviation stays above this"),
    number_field("log_std_highest", &NetworkOptions::log_std_highest, -20, 3, "",
                 "log standard deviation stays below this"),
}};

/// The first thing that is wrong with these options, as a sentence, or nothing.
inline std::optional<std::string> problem(const NetworkOptions& options) {
  if (auto text = range_problem(network_fields, options)) return text;
  if (options.hidden.empty() || options.hidden.size() > 64)
    return "hidden has " + std::to_string(options.hidden.size()) + " layers; it must have 1 to 64";
  if (!(options.log_std_lowest < options.log_std_start && options.log_std_start < options.log_std_highest))
    return "log_std_start is " + value_text(options.log_std_start) + "; it must be between log_std_lowest " +
           value_text(options.log_std_lowest) + " and log_std_highest " + value_text(options.log_std_highest);
  return std::nullopt;
}

}  // namespace matchday
