// From rewards to what the policy gradient weighs its log-probabilities with.
#pragma once

#include <ATen/core/Tensor.h>

#include "train/config.h"
#include "train/rollout.h"

namespace matchday {

/// Discounted sum of the rewards to come, float32 [T, B], A's. Nothing counts past a match's end nor past the last
/// step.
at::Tensor discounted_returns(const at::Tensor& reward, const at::Tensor& terminated, double gamma);

/// Takes off each match's return what the other matches of the batch got on average at the same step (leave one out:
/// the baseline stays independent of the action). returns: [T, B]; with one match there is nothing to take off.
at::Tensor less_batch_baseline(const at::Tensor& returns);

/// Scaled by each match's own mean and sample deviation over time, as FootyAI does it (which erases who won).
at::Tensor normalised_by_match(const at::Tensor& returns);

/// Scaled by one standard deviation over all steps and matches. The mean stays: the sign of a return keeps its meaning.
at::Tensor normalised_by_batch(const at::Tensor& returns);

/// Both teams' advantages, float32 [T, 2, B], as `options` want them: A's, and B's, which are A's negated.
at::Tensor advantages(const Trajectory& trajectory, const TrainOptions& options);

}  // namespace matchday
