// From rewards to what the policy gradient weighs its log-probabilities with.
#pragma once

#include <ATen/core/Tensor.h>

#include "train/config.h"
#include "train/rollout.h"

namespace matchday {

/// Discounted sum of the rewards to come, float32 [T, B]. Nothing counts past a match's end; past the last step `after`
/// counts, float32 [B] (undefined: nothing), which is what a rollout that ends before its matches do is worth then.
at::Tensor discounted_returns(const at::Tensor& reward, const at::Tensor& terminated, double gamma,
                              const at::Tensor& after = {});

/// Takes off each match's return what the other matches of the batch got on average at the same step (leave one out:
/// the baseline stays independent of the action). returns: [T, B]; with one match there is nothing to take off.
at::Tensor less_batch_baseline(const at::Tensor& returns);

/// Scaled by each match's own mean and sample deviation over time, as FootyAI does it (which erases who won).
at::Tensor normalised_by_match(const at::Tensor& returns);

/// Scaled by one standard deviation over all steps and matches. The mean stays: the sign of a return keeps its meaning.
at::Tensor normalised_by_batch(const at::Tensor& returns);

/// A number of each match, A's and the negative of B's, for the L sides that learn: [T, B] -> [T, L].
at::Tensor zero_sum(const at::Tensor& of_matches, std::int64_t sides);

/// Generalised advantage estimation (Schulman et al. 2016): the discounted sum, by gamma * lambda, of how much better
/// each step went than the critic had expected. reward, terminated: [T, X]; values: [T + 1, X], the last one after the
/// last step. Full time is worth nothing; the end of a rollout is worth what the critic expects. -> [T, X]
at::Tensor generalised_advantages(const at::Tensor& reward, const at::Tensor& terminated, const at::Tensor& values,
                                  double gamma, double lambda);

/// What an update follows.
struct Advantages {
  at::Tensor advantage;           ///< float32 [T, L, R]
  at::Tensor target;              ///< float32 [T, L, R]: what the critic should have expected; undefined without one
  at::Tensor explained_variance;  ///< float32 []: 1: the critic knew everything, 0: as good as the mean
};

/// The sides' advantages as `options` want them, over what the trajectory's critic expected if it asked one.
Advantages advantages(const Trajectory& trajectory, const TrainOptions& options);

}  // namespace matchday
