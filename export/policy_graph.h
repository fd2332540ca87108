// A trained policy as a graph of simple operations.
#pragma once

#include "export/graph.h"
#include "policy/network.h"
#include "policy/network_policy.h"

namespace matchday {

/// The graph from a team's observation as tabled in rules/observation.h, [B, D], to its action, [B, 4N], in the view in
/// which the game takes the team's actions. It computes the players' own views for a player network. The critic is left
/// out. Throws BadInput for a network without layers.
Graph policy_graph(const Rules& rules, const Network& network, Decisions decisions);

}  // namespace matchday
