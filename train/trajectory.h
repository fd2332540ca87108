// What a rollout leaves, and how it is played.
//
// A side is one team in one match. The sides that learn come first in [2B]: A's of all B matches, then B's of the S
// matches in which the team plays itself. In the other matches B is an opponent that does not learn.
#pragma once

#include <ATen/core/Tensor.h>

#include "policy/network.h"
#include "rules/bots.h"

namespace matchday {

/// T steps of B matches, L = B + S sides that learn, each of R rows (players, or the team).
struct Trajectory {
  at::Tensor observation;  ///< [T, L, R, D], in the networks' precision
  at::Tensor pre_squash;   ///< float32 [T, L, R, K]: the samples that the actions were made from
  at::Tensor log_prob;     ///< float32 [T, L, R]: of these samples, under the networks that played
  at::Tensor values;       ///< float32 [T + 1, L, R]: the returns that the critic predicts, also after the last step;
                           ///< undefined: no critic
  at::Tensor reward;       ///< float32 [T, B]: A's; B's is its negation
  at::Tensor terminated;   ///< bool [T, B]: the step was its match's last
  at::Tensor score;        ///< int32 [T, 2, B]: after the step
  at::Tensor goals;        ///< int64 []: scored by both teams in all matches
  at::Tensor
      hidden{};  ///< [T, L, R, H], in their precision: the policy's activations (PackedNetwork); undefined: not kept
  at::Tensor teacher{};         ///< float32 [T, L, R, K]: the teacher's actions; undefined: no teacher
  at::Tensor teacher_weight{};  ///< float32 []
};

struct RolloutOptions {
  std::int64_t steps = 0;                 ///< T
  bool independent_teams = false;         ///< A and B have a network each
  std::int64_t hidden = 0;                ///< H, if activations are kept
  bool predict_values = false;            ///< for an update with a critic: its values are stored at every step
  bool autoreset = false;                 ///< a match that is over is followed by the next one within the rollout
  at::ScalarType precision = at::kFloat;  ///< of the networks' hidden layers: float32 or bfloat16
  Bot teacher = Bot::nobody;              ///< whose actions are recorded for every learning side
  bool in_one_block = false;              ///< all matches in one block, as always on a GPU, not in blocks for workers
};

/// Memory for a trajectory of `matches` matches with `sides` sides that learn. Behind the last step the tensors of
/// sides have room for `spare` more, which no view shows.
Trajectory empty_trajectory(const RolloutOptions& options, const NetworkShape& shape, std::int64_t matches,
                            std::int64_t sides, at::Device device, std::int64_t spare = 0);

}  // namespace matchday
