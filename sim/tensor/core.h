// The rules in plain ATen operations, for any torch device, without kernels of our own.
//
// It gives the reference core's bits. So every sum over players is a chain of additions in index order within a team,
// constants multiply instead of divide (torch divides by a constant differently on a GPU), and no operation is used
// that torch may fuse (addcmul, lerp, add with alpha).
#pragma once

#include "sim/match_state.h"
#include "sim/tensor/match_setup.h"

namespace matchday::tensor {

/// B matches before their first step. episode: int32 [B].
MatchState start(const MatchSetup& setup, const at::Tensor& episode);

/// Plays one step of B matches; gives `state` new tensors. action: float32 [2, B, N, 4] in the acting team's view.
/// shaping: float32 [], scales the shaping reward. nonfinite_actions: int64 [], adds the number of such components.
StepResult step(const MatchSetup& setup, MatchState& state, const at::Tensor& action, const at::Tensor& shaping,
                const at::Tensor& nonfinite_actions);

/// What both teams see: float32 [2, B, D], as tabled in rules/observation.h.
at::Tensor observe(const Rules& rules, const MatchState& state);

/// What every player sees: float32 [2, B, N, P], as tabled there too.
at::Tensor observe_players(const Rules& rules, const MatchState& state);

}  // namespace matchday::tensor
