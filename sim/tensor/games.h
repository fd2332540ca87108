// The parts of core.h's `step`. `act` is float32 [4, 2N, B]: the players' actions, as seen from above.
#pragma once

#include "sim/tensor/core.h"

namespace matchday::tensor {

/// The square root, correctly rounded. On the CPU torch calls a vector library whose float32 root may be an ulp off, so
/// there it is computed in float64, which rounds to the right float32.
at::Tensor exact_sqrt(const at::Tensor& squared);

/// The sum over a team's players, in index order, starting from +0. terms: [..., N, B], player in dimension `dim`.
at::Tensor sum_in_order(const at::Tensor& terms, std::int64_t dim);

/// All bodies at the start of a match: float32 [4, 2N+1, B].
at::Tensor starting_bodies(const MatchSetup& setup, const at::Tensor& episode, const at::Tensor& clock);

/// All bodies at a kick-off. a_scored: bool [B]; where false, B has scored.
at::Tensor kick_off_bodies(const MatchSetup& setup, const MatchState& state, const at::Tensor& a_scored);

/// FootyAI's potential, measured from the players of `bodies` to the ball of `ball_bodies`: float32 [B].
at::Tensor mean_potential(const Rules& rules, const at::Tensor& bodies, const at::Tensor& ball_bodies);
at::Tensor arena_potential(const Rules& rules, const at::Tensor& bodies);

/// One step of each game; each returns A's reward, float32 [B].
at::Tensor step_footyai_v1(const MatchSetup& setup, MatchState& state, const at::Tensor& act,
                           const at::Tensor& shaping);
at::Tensor step_footyai_v2(const MatchSetup& setup, MatchState& state, const at::Tensor& act,
                           const at::Tensor& shaping);
at::Tensor step_arena(const MatchSetup& setup, MatchState& state, const at::Tensor& act, const at::Tensor& shaping);

}  // namespace matchday::tensor
