// What players see, worked out from what their team sees.
#pragma once

#include <optional>

#include "export/graph.h"
#include "rules/rules.h"

namespace matchday {

struct PlayerViews {
  Value views;                ///< [B, N, P]: every player's observation, as tabled in rules/observation.h
  std::optional<Value> turn;  ///< [B, 1]: 1 for A, -1 for B, where the game takes actions as seen from above
};

/// Both from a team's observation, [B, D]. The same as Simulator::observe_players() but for rounding, which may
/// exchange two others who are almost equally near.
PlayerViews player_views(Value observation, const Rules& rules);

}  // namespace matchday
