// B matches as tensors, and what goes into their steps and comes out. Batch-innermost: neighbouring matches lie next to
// each other.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace matchday {

/// Rows of `MatchState::bodies`.
enum BodyRow : int { row_x = 0, row_y = 1, row_vx = 2, row_vy = 3 };

/// B matches at one moment.
struct MatchState {
  at::Tensor bodies;     ///< float32 [4, 2N+1, B]: x, y (u), vx, vy (u/step); A's players, B's players, ball
  at::Tensor score;      ///< int32 [2, B]: A's and B's goals
  at::Tensor clock;      ///< int32 [B]: steps played
  at::Tensor episode;    ///< int32 [B]: matches started at this place before this one
  at::Tensor potential;  ///< float32 [B]: shaping potential, A's view; its change is the shaping reward
};

/// What a step returns besides the next state.
struct StepResult {
  at::Tensor reward;         ///< float32 [B]: A's; B's is its negation
  at::Tensor terminated;     ///< bool [B]: full time
  at::Tensor observation{};  ///< float32 [2, B, D]: what both teams see after the step; undefined if not asked for
};

/// The distributions that all players' actions are drawn from.
struct Drawing {
  at::Tensor mean;              ///< float32 [2, B, N, 4]; undefined: the actions are drawn already
  at::Tensor log_std;           ///< float32 [2, B, N, 4]
  std::int64_t first_slot = 0;  ///< of the noise (rules/randomness.h)
  bool squash = false;          ///< actions are tanh of what is drawn
  bool rotate_b = false;        ///< B's actions are in its own view, but the game takes them as seen from above
};

/// Actions as drawn.
struct SampledActions {
  at::Tensor pre_squash;  ///< float32 [2, B, N, 4]: the samples
  at::Tensor action;      ///< float32 [2, B, N, 4]: the actions of these samples, in the views that the game takes
  at::Tensor log_prob;    ///< float32 [2, B, N]: of each player's sample
};

/// Options of a rollout step.
struct RolloutStepOptions {
  at::Tensor bots;         ///< int32 [2, B]: the Bot that moves each team, or Bot::nobody; undefined: no bots
  at::Tensor shaping;      ///< float32 [], scales the shaping rewards
  bool autoreset = false;  ///< starts the next match where one is over
};

/// Where a rollout step writes; contiguous.
struct RolloutStep {
  at::Tensor pre_squash;   ///< float32 [2, B, N, 4]: the samples; not written if they are drawn already
  at::Tensor action;       ///< float32 [2, B, N, 4]: what was played, or is to be if it is drawn already
  at::Tensor log_prob;     ///< float32 [2, B, N]: of each player's sample; like pre_squash
  at::Tensor reward;       ///< float32 [B]: A's
  at::Tensor terminated;   ///< bool [B]
  at::Tensor score;        ///< int32 [2, B]: after the step, before a restart
  at::Tensor observation;  ///< float32, on a GPU also bfloat16, [2, B, D] or [2, B, N, P]: what teams or players see
                           ///< next
};

}  // namespace matchday
