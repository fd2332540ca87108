// Small networks on a GPU, each pass in one launch, a gradient and an optimiser step in two (kernels/cuda/network.h,
// adam.h), as functions of tensors. The CPU's kernels for networks have no operators: they are functions of memory
// (cpu/network_kernels.h).
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <optional>
#include <vector>

#include "kernels/adam_options.h"
#include "kernels/fused_network.h"
#include "kernels/operators.h"
#include "kernels/policy_loss.h"

namespace matchday::operators {

/// A network as a GPU's blocks compute it.
struct FusedNetwork {
  kernels::FusedPart policy;
  kernels::FusedPart critic;  ///< without heads: no critic
  kernels::HeadPlan head;
  kernels::FusedNumber number;  ///< of the hidden layers

  /// Numbers of memory that a gradient over so many rows takes, besides itself; P parameters.
  std::int64_t memory_of_gradient(std::int64_t rows, std::int64_t parameters) const;
};

/// number: of the hidden layers, float32 or bfloat16. backward: for a gradient, else for forward passes. Nothing where
/// the device has no such kernels, or the network is too large for its blocks.
std::optional<FusedNetwork> fused_network(const kernels::NetworkPlan& plan, at::Device device, at::ScalarType number,
                                          bool backward);

/// Rows that a network decides for, or whose returns its critic predicts.
struct ForwardTask {
  at::Tensor parameters;  ///< float32 [P]
  bool critic = false;
  std::int64_t first = 0;  ///< of the rows
  std::int64_t rows = 0;
};

/// Where a forward pass writes, for M rows; contiguous.
struct ForwardResults {
  at::Tensor mean{};     ///< float32 [M, K]; undefined: not written
  at::Tensor log_std{};  ///< float32 [M, K]
  at::Tensor value{};    ///< float32 [M]
};

/// Actions drawn in the same launch, for rows [2, B, R] that are players, R = N, or teams, R = 1. The drawing has no
/// distribution: it is the policies'.
struct ForwardDraws {
  NoiseCounters counters;
  Drawing drawing;
  at::Tensor pre_squash;  ///< float32 [2, B, N, 4], the samples
  at::Tensor action;      ///< float32 [2, B, N, 4]
  at::Tensor log_prob;    ///< float32 [2, B, R], of all of a row's actions
};

/// Does the tasks' rows. All networks have the plan of `network`. observation: [M, D], float32 or bfloat16, contiguous.
void network_forward(const FusedNetwork& network, const std::vector<ForwardTask>& tasks, const at::Tensor& observation,
                     const ForwardResults& results, const std::optional<ForwardDraws>& draws = {});

/// Decisions to learn from, M rows (train/samples.h). All contiguous.
struct LossTensors {
  const at::Tensor& observation;     ///< [M, D], float32 or bfloat16
  const at::Tensor& pre_squash;      ///< float32 [M, K]
  const at::Tensor& log_prob;        ///< float32 [M]
  const at::Tensor& advantage;       ///< float32 [M]
  const at::Tensor& target;          ///< float32 [M]; undefined: the critic does not learn
  const at::Tensor& variance;        ///< float32 []
  const at::Tensor& teacher;         ///< float32 [M, K]; undefined: no teacher
  const at::Tensor& teacher_weight;  ///< float32 []
};

/// Writes the gradient of the loss of these rows (int64 [m]; undefined: all) by the parameters, both float32 [P].
/// Returns the metrics' sums, float32 [loss_metrics]. The same bits every time.
at::Tensor network_gradient(const FusedNetwork& network, const kernels::LossOptions& options,
                            const at::Tensor& parameters, const LossTensors& samples, const at::Tensor& rows,
                            const at::Tensor& gradient);

/// What an optimiser step reads and changes (train/adam.h).
struct AdamTensors {
  const at::Tensor& parameters;  ///< float32 [P], as are gradient, mean and square
  const at::Tensor& gradient;
  const at::Tensor& mean;
  const at::Tensor& square;
  const at::Tensor& steps;    ///< float32 []
  const at::Tensor& skipped;  ///< float32 []
  const at::Tensor& culprit;  ///< int64 []
};

/// An optimiser step on a GPU, unless the gradient is not finite or pause (bool []) is set. learning_rate: float32 [].
/// Returns the gradient's norm, float32 [].
at::Tensor adam_step(const AdamTensors& tensors, const AdamOptions& options, const at::Tensor& learning_rate,
                     const at::Tensor& pause);

}  // namespace matchday::operators
