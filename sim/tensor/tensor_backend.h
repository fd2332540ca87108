// The tensor backend: the rules in plain ATen operations, for any torch device, without kernels of our own.
//
// It gives the reference core's bits. So every sum over players is a chain of additions in index order within a team,
// constants multiply instead of divide (torch divides by a constant differently on a GPU), and no operation is used
// that torch may fuse (addcmul, lerp, add with alpha).
#pragma once

#include "sim/match_state.h"
#include "sim/tensor/fixture.h"

namespace matchday::tensor {

/// B matches before their first step. episode: int32 [B].
MatchState start(const Fixture& fixture, const at::Tensor& episode);

/// One step of B matches, in place of `state`. action: float32 [2, B, N, 4] in the acting team's view. shaping: float32
/// [], scales the shaping reward. bad_numbers: int64 [], non-finite action components are added to it.
StepResult step(const Fixture& fixture, MatchState& state, const at::Tensor& action, const at::Tensor& shaping,
                at::Tensor& bad_numbers);

/// What both teams see: float32 [2, B, D], as tabled in rules/observation.h.
at::Tensor observe(const Rules& rules, const MatchState& state);

/// What every player sees: float32 [2, B, N, P], as tabled there too.
at::Tensor observe_players(const Rules& rules, const MatchState& state);

}  // namespace matchday::tensor
