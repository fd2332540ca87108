// Small networks on the CPU: the forward pass, and the gradient of a policy's loss, one tile of rows at a time, so that
// a tile's activations stay in the caches.
//
// Weights are first packed: padded, and transposed for the products. Gradients are padded the same way, one for each
// piece of the rows, so that several threads can share an update; `add_gradient` adds them to a flat one.
//
// There is one such table for hidden layers in float32 and one for bfloat16, with sums and heads in float32; only what
// is packed, kept and gathered differs in its type.
#pragma once

#include "kernels/network.h"
#include "kernels/policy_loss.h"

namespace matchday::kernels {

struct NetworkKernels {
  std::int64_t (*packed_size)(const NetworkPlan&);    ///< of 4 bytes each
  std::int64_t (*gradient_size)(const NetworkPlan&);  ///< numbers of a piece's gradient
  /// parameters: [P], flat -> packed
  void (*pack)(const NetworkPlan&, const float* parameters, float* packed);
  /// H, the number of a row's hidden activations of the policy kept for the backward pass; 0: keeping is not supported.
  std::int64_t (*hidden_size)(const NetworkPlan&);
  /// The policy's outputs: observation [rows, D] -> mean, log_std [rows, K], and, if it is not null, hidden [rows, H]
  /// in the layers' numbers.
  void (*decide)(const NetworkPlan&, const float* packed, const float* observation, std::int64_t rows, float* mean,
                 float* log_std, void* hidden);
  /// The returns that the critic predicts: observation [rows, D] -> value [rows].
  void (*predict_values)(const NetworkPlan&, const float* packed, const float* observation, std::int64_t rows,
                         float* value);
  /// The loss of the rows at positions first .. last - 1 of the order: writes this piece's gradient and its summed
  /// metrics, in the order of LossMetric.
  void (*loss_gradient)(const NetworkPlan&, const float* packed, const LossOptions&, const LossArrays&,
                        std::int64_t first, std::int64_t last, float* gradient, float* metrics);
  /// The loss at the heads alone, of the rows first .. last - 1.
  void (*policy_loss)(const LossOptions&, const HeadPlan&, const HeadArrays&, std::int64_t first, std::int64_t last);
  /// Adds a piece's gradient to the parameters' flat gradient, [P].
  void (*add_gradient)(const NetworkPlan&, const float* gradient, float* flat);
};

}  // namespace matchday::kernels
