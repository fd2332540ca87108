// What a config says about the network.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/trunk.h"
#include "rules/field.h"

namespace matchday {

enum class Agent { player, team };
constexpr std::string_view choices_of(Agent /*kind*/) { return "player|team"; }

enum class Head { squashed, footyai };
constexpr std::string_view choices_of(Head /*kind*/) { return "squashed|footyai"; }

enum class Sigma { global, network };
constexpr std::string_view choices_of(Sigma /*kind*/) { return "global|network"; }

enum class Initialisation { orthogonal, xavier };
constexpr std::string_view choices_of(Initialisation /*kind*/) { return "orthogonal|xavier"; }

struct NetworkOptions {
  Agent agent = Agent::player;
  Trunk trunk = Trunk::mlp;
  std::vector<std::int64_t> hidden{64, 64, 64};
  std::vector<std::int64_t> critic_hidden{64, 64, 64};
  Head head = Head::squashed;
  Sigma sigma = Sigma::global;
  Initialisation initialisation = Initialisation::orthogonal;
  double log_std_start = -0.7;
  double log_std_lowest = -1.0;
  double log_std_highest = 0.5;
};

inline constexpr std::array<Field<NetworkOptions>, 10> network_fields{{
    enum_field<&NetworkOptions::agent>(
        "agent", "who decides: each player by its own view, all with one network, or one network for the whole team"),
    enum_field<&NetworkOptions::trunk>("trunk", summaries_of_trunks),
    number_field("hidden", &NetworkOptions::hidden, 1, 65536, "units",
                 "widths of the policy's hidden layers, in order"),
    number_field("critic_hidden", &NetworkOptions::critic_hidden, 1, 65536, "units",
                 "widths of the critic's hidden layers; []: there is no critic"),
    enum_field<&NetworkOptions::head>("head", "how actions are drawn: a tanh-squashed Gaussian, or FootyAI's own"),
    enum_field<&NetworkOptions::sigma>("sigma",
                                       "standard deviations: one a component, learned, or what the network says"),
    enum_field<&NetworkOptions::initialisation>("initialisation", "of the weights"),
    number_field("log_std_start", &NetworkOptions::log_std_start, -20, 3, "",
                 "log standard deviation of an untrained network's actions"),
    number_field("log_std_lowest", &NetworkOptions::log_std_lowest, -20, 3, "",
                 "log standard deviation stays above this"),
    number_field("log_std_highest", &NetworkOptions::log_std_highest, -20, 3, "",
                 "log standard deviation stays below this"),
}};

/// The first thing that is wrong with these options, as a sentence, or nothing.
inline std::optional<std::string> problem(const NetworkOptions& options) {
  constexpr std::size_t most_layers = 64;
  if (auto text = range_problem(network_fields, options)) return text;
  if (options.hidden.empty() || options.hidden.size() > most_layers)
    return "hidden has " + std::to_string(options.hidden.size()) + " layers; it must have 1 to 64";
  if (options.critic_hidden.size() > most_layers)
    return "critic_hidden has " + std::to_string(options.critic_hidden.size()) + " layers; it must have 0 to 64";
  for (const auto& [name, widths] : {std::pair{"hidden", &options.hidden}, {"critic_hidden", &options.critic_hidden}})
    if (needs_one_width(options.trunk) &&
        std::adjacent_find(widths->begin(), widths->end(), std::not_equal_to<>()) != widths->end())
      return std::string(name) + " is " + value_text(*widths) + "; the layers of a " +
             std::string(name_of(options.trunk)) + " trunk must all have one width";
  if (!(options.log_std_lowest < options.log_std_start && options.log_std_start < options.log_std_highest))
    return "log_std_start is " + value_text(options.log_std_start) + "; it must be between log_std_lowest " +
           value_text(options.log_std_lowest) + " and log_std_highest " + value_text(options.log_std_highest);
  return std::nullopt;
}

}  // namespace matchday
