#include "export/exported_policy.h"

#include <nlohmann/json.hpp>

#include "rules/observation.h"
#include "rules/presets.h"
#include "version.h"

namespace matchday {
namespace {

/// The observation's blocks as a JSON list, in order.
std::string observation_table(const Rules& rules) {
  nlohmann::ordered_json table = nlohmann::ordered_json::array();
  std::size_t first = 0;
  for (const ObservationBlock& block : observation_blocks(rules)) {
    table.push_back({{"first", first}, {"name", block.name}, {"count", block.count}, {"components", block.components}});
    first += static_cast<std::size_t>(block.count) * block.components.size();
  }
  return table.dump();
}

}  // namespace

std::map<std::string, std::string> metadata_of(const ExportedPolicy& policy) {
  const Rules& rules = policy.config.rules;
  const bool own_side = sees_own_side(rules);
  const bool bounded = policy.config.network.head == Head::squashed || policy.decisions == Decisions::mean;
  return {
      {"format", exported_format},
      {"program", std::string("matchday ") + matchday_version + (*git_version ? std::string(" ") + git_version : "")},
      {"preset", std::string(game_name(rules.game))},
      {"players", std::to_string(rules.players)},
      {"observation", observation_table(rules)},
      {"observation_units",
       "L, W: half the pitch's length and width; r: to the ball; speeds in units a step, as in the config"},
      {"action", std::string("move x, move y, kick x, kick y of each player in order") +
                     (bounded ? "; from -1 to 1" : "; without bounds")},
      {"view", own_side
                   ? "both teams see the pitch from their own side, attacking +x: B's view is rotated by 180 degrees"
                   : "both teams see the pitch from above, A attacking +x; the team's one-hot says which is theirs"},
      {"decisions", policy.decisions == Decisions::mean ? "mean" : "sampled"},
      {"config", to_toml(policy.config)},
  };
}

}  // namespace matchday
