// Players' observations, computed from their team's observation.
#pragma once

#include <optional>

#include "export/graph.h"
#include "rules/rules.h"

namespace matchday {

struct PlayerViews {
  Value views;                    ///< [B, N, P]: every player's observation, as tabled in rules/observation.h
  std::optional<Value> rotation;  ///< [B, 1]: 1 for A, -1 for B, where the game takes actions as seen from above
};

/// Both from a team's observation, [B, D]. The same as Simulator::observe_players() except for rounding, which may
/// exchange two other players that are almost equally near.
PlayerViews player_views(Value observation, const Rules& rules);

}  // namespace matchday
