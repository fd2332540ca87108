// Conversion between the simulator's tensors and the reference core's values.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "sim/match_state.h"
#include "sim/reference/core.h"

namespace matchday {

/// B matches as values. seed and match (int64 [B]) give them their keys.
std::vector<reference::GameState> to_game_states(const Rules& rules, const MatchState& state, std::uint64_t seed,
                                                 const at::Tensor& match);

/// B matches as tensors on the CPU.
MatchState to_match_state(const Rules& rules, const std::vector<reference::GameState>& games);

/// The actions of all players of B matches, float32 [2, B, N, 4] on the CPU.
at::Tensor to_action(const Rules& rules, const std::vector<reference::Actions>& actions);

/// The actions of all players of one match; action: float32 [2, B, N, 4] on the CPU, contiguous.
reference::Actions to_actions(const Rules& rules, const at::Tensor& action, std::int64_t match);

}  // namespace matchday
