// What REINFORCE and PPO have in common: the rows of a trajectory, the terms of a loss, and what is to be told of it.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "kernels/policy_loss.h"
#include "train/adam.h"
#include "train/returns.h"
#include "train/rollout.h"
#include "train/workers.h"

namespace matchday {

/// A network that learns, and its optimiser.
struct Learner {
  Network network;
  Adam adam;
  at::ScalarType precision = at::kFloat;  ///< that its hidden layers are computed in
};

/// Decisions to learn from: M rows, each a player's or a team's at some step.
struct Samples {
  at::Tensor observation;       ///< [M, D], in the precision in which networks read it
  at::Tensor pre_squash;        ///< float32 [M, K]
  at::Tensor log_prob;          ///< float32 [M], under the policy that played
  at::Tensor advantage;         ///< float32 [M]
  at::Tensor target;            ///< float32 [M], returns; undefined without a critic
  at::Tensor hidden{};          ///< float32 [M, H], what the network as it is left when it decided; undefined: not kept
  at::Tensor teacher{};         ///< float32 [M, K], what a teacher would do; undefined: there is none
  at::Tensor teacher_weight{};  ///< float32 []

  std::int64_t size() const { return log_prob.size(0); }
};

/// The rows of the sides first .. first + count - 1 of a trajectory.
Samples samples_of(const Trajectory& trajectory, const Advantages& advantages, std::int64_t first, std::int64_t count);

/// Variance of the returns of these samples, never 0: float32 []; 1 without a critic.
at::Tensor return_variance(const Samples& samples);

/// The loss of some samples (kernels/policy_loss.h), with gradient, and the sums that are told of it, without:
/// float32 [loss_figures], in the order of LossFigure. variance: float32 [], that of all returns.
struct Loss {
  at::Tensor loss;
  at::Tensor figures;
};
Loss policy_loss(const Network& network, const Samples& samples, const kernels::LossOptions& options,
                 const at::Tensor& variance);

/// Rows that a GPU takes at a time through the networks and back, at most.
inline constexpr std::int64_t rows_of_piece_elsewhere = 1 << 20;

/// How a gradient is found.
enum class Differentiation {
  automatic,  ///< kernels on a CPU in float32, products elsewhere, autograd for what they don't know (float64, MPS)
  kernels,    ///< the CPU's (kernels/cpu/network_kernels.h)
  products,   ///< layer by layer in torch's matrix products (train/explicit_gradient.h)
  autograd,
};

/// How the update computes.
struct UpdateOptions {
  at::ScalarType precision = at::kFloat;  ///< of hidden layers: float32 or bfloat16
  Differentiation differentiation = Differentiation::automatic;
};

/// Sets the network's gradient to that of the loss of these rows (int64 [m]; undefined: of all samples), which the
/// workers go through in pieces, so that memory does not grow with the samples. Gives the figures' sums.
at::Tensor loss_gradient(const Network& network, const Samples& samples, const at::Tensor& rows,
                         const kernels::LossOptions& options, const at::Tensor& variance, Workers& workers,
                         const UpdateOptions& how = {});

/// How `options` want a row's loss; weight: 1 over what the loss is a mean of.
kernels::LossOptions loss_options(kernels::Gain gain, const TrainOptions& options, double weight);

/// What an update was like: named numbers on the device, float32 [].
using UpdateFigures = std::vector<NamedTensor>;

/// The sums of loss_gradient over so many steps and epochs, as means: the loss over the steps, the rest over the rows.
UpdateFigures named_figures(const at::Tensor& sums, const Samples& samples, std::int64_t steps, std::int64_t epochs);

}  // namespace matchday
