// From rewards to advantages, the weights of the log-probabilities in the policy gradient.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "config/config.h"
#include "train/ranks.h"
#include "train/rollout.h"

namespace matchday {

/// Discounted sum of future rewards, float32 [T, B]. Nothing counts after a match's end. after: float32 [B], the value
/// after the last step of a rollout that ends before its matches do (undefined: 0).
at::Tensor discounted_returns(const at::Tensor& reward, const at::Tensor& terminated, double gamma,
                              const at::Tensor& after = {});

/// Subtracts from each match's return the mean return of the batch's other matches at the same step (leave one out:
/// the baseline stays independent of the action). returns: [T, B]; with one match nothing is subtracted.
at::Tensor less_batch_baseline(const at::Tensor& returns);

/// Standardised by each match's own mean and sample deviation over time, as FootyAI does it (which erases who won).
at::Tensor normalised_by_match(const at::Tensor& returns);

/// Divided by one standard deviation over all steps and matches. The mean stays, so a return's sign keeps its meaning.
at::Tensor normalised_by_batch(const at::Tensor& returns);

/// Expands A's number of each match to the L learning sides; B's is its negation: [T, B] -> [T, L].
at::Tensor zero_sum(const at::Tensor& of_matches, std::int64_t sides);

/// Generalised advantage estimation (Schulman et al. 2016): the sum, discounted by gamma * lambda, of the critic's
/// temporal-difference errors. reward, terminated: [T, X]; values: [T + 1, X], the last row after the last step. The
/// value after full time is 0, that at the end of a rollout is the critic's prediction. -> [T, X]
at::Tensor generalised_advantages(const at::Tensor& reward, const at::Tensor& terminated, const at::Tensor& values,
                                  double gamma, double lambda);

/// The inputs of an update that are computed from the rewards.
struct Advantages {
  at::Tensor advantage;           ///< float32 [T, L, R]
  at::Tensor target;              ///< float32 [T, L, R]: the critic's targets; undefined without a critic
  at::Tensor explained_variance;  ///< float32 []: 1: the critic is perfect, 0: no better than the mean
};

/// The sides' advantages as `options` define them, relative to the trajectory's predicted values if it has any.
Advantages advantages(const Trajectory& trajectory, const TrainOptions& options);

/// Those of this rank's shards; means and deviations are over all shards.
std::vector<Advantages> advantages(const std::vector<const Trajectory*>& own, const TrainOptions& options,
                                   const Ranks& ranks);

}  // namespace matchday
