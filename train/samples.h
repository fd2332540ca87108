// The samples of a trajectory: the rows that an update learns from.
#pragma once

#include <ATen/core/Tensor.h>

#include "train/returns.h"
#include "train/rollout.h"

namespace matchday {

/// Decisions to learn from: M rows, each a player's or a team's at some step.
struct Samples {
  at::Tensor observation;       ///< [M, D], in the networks' precision
  at::Tensor pre_squash;        ///< float32 [M, K]
  at::Tensor log_prob;          ///< float32 [M], under the policy that played
  at::Tensor advantage;         ///< float32 [M]
  at::Tensor target;            ///< float32 [M], returns; undefined without a critic
  at::Tensor hidden{};          ///< [M, H], activations of the network that played; undefined: not kept
  at::Tensor teacher{};         ///< float32 [M, K], the teacher's actions; undefined: no teacher
  at::Tensor teacher_weight{};  ///< float32 []

  std::int64_t size() const { return log_prob.size(0); }
};

/// The rows of the sides first .. first + count - 1 of a trajectory.
Samples samples_of(const Trajectory& trajectory, const Advantages& advantages, std::int64_t first, std::int64_t count);

/// Variance of the returns of these samples, never 0: float32 []; 1 without a critic.
at::Tensor return_variance(const Samples& samples);

/// That of all shards' samples. own: this rank's shards'.
at::Tensor return_variance(const std::vector<Samples>& own, const Ranks& ranks);

}  // namespace matchday
