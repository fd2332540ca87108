// A network in the form that the CPU's kernels compute (kernels/cpu/network_kernels.h).
#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/cpu/network_kernels.h"
#include "policy/network.h"

namespace matchday {

/// Whether the CPU's kernels can compute this network: it has layers, whose numbers are one float32 array on the CPU.
bool can_be_packed(const Network& network);

/// A copy of a network's numbers, padded and transposed for the kernels. It does not follow later changes of them.
class PackedNetwork {
 public:
  /// precision: of the hidden layers, float32 or bfloat16.
  explicit PackedNetwork(const Network& network, at::ScalarType precision = at::kFloat);

  /// Numbers per row that the hidden layers of such a network can keep for the update, H; 0: none.
  static std::int64_t hidden_size(const NetworkOptions& options);

  /// As `decide` and `predict_values` of the network. observation: float32 [..., D], contiguous.
  ActionDistribution decide(const at::Tensor& observation) const;
  at::Tensor predict_values(const at::Tensor& observation) const;

  /// The same for rows in memory: observation [rows, D] -> mean and log_std [rows, K], hidden [rows, H] in the
  /// precision or null; value [rows].
  void decide(const float* observation, std::int64_t rows, float* mean, float* log_std, void* hidden = nullptr) const;
  void predict_values(const float* observation, std::int64_t rows, float* value) const;

  const kernels::NetworkPlan& plan() const { return plan_; }
  const float* numbers() const { return numbers_.const_data_ptr<float>(); }
  const kernels::NetworkKernels& kernels() const { return *kernels_; }
  Squash squash() const { return plan_.head.squashed ? Squash::tanh : Squash::none; }

 private:
  const kernels::NetworkKernels* kernels_;
  kernels::NetworkPlan plan_;
  at::Tensor numbers_;
};

}  // namespace matchday
