// Small networks on the CPU: forward, and the gradient of a policy's loss in one pass over a tile of rows at a time,
// whose activations never leave the caches.
//
// Weights are first packed: padded, and turned as products want them. A gradient comes in the same padded form, one for
// each piece of the rows, so that several threads can share an update; `add_gradient` brings it back.
#pragma once

#include "kernels/network.h"
#include "kernels/policy_loss.h"

namespace matchday::kernels {

/// Decisions to learn from, M rows of them, or those that `order` names.
struct LossArrays {
  const float* observation;     ///< [M, D]
  const float* pre_squash;      ///< [M, K], as drawn
  const float* log_prob;        ///< [M], as played
  const float* advantage;       ///< [M]
  const float* target;          ///< [M], what the critic should have expected; null without one
  const std::int64_t* order;    ///< rows in the order in which they are taken; null: as they lie
  const float* variance;        ///< [1], of the targets
  const float* teacher;         ///< [M, K], what a teacher would do; null: there is none
  const float* teacher_weight;  ///< [1]
  const float* hidden;          ///< [M, H], as these very weights left it when they decided; null: it is found again
};

struct NetworkKernels {
  std::int64_t (*packed_size)(const NetworkPlan&);    ///< numbers
  std::int64_t (*gradient_size)(const NetworkPlan&);  ///< numbers of a piece's gradient
  /// parameters: [P], flat -> packed
  void (*pack)(const NetworkPlan&, const float* parameters, float* packed);
  /// Numbers of a row that the policy's hidden layers leave for the way back, H; 0: nobody can keep them.
  std::int64_t (*hidden_size)(const NetworkPlan&);
  /// What to do: observation [rows, D] -> mean, log_std [rows, K], and, where it is not null, hidden [rows, H].
  void (*decide)(const NetworkPlan&, const float* packed, const float* observation, std::int64_t rows, float* mean,
                 float* log_std, float* hidden);
  /// The returns that the critic expects: observation [rows, D] -> value [rows].
  void (*expect)(const NetworkPlan&, const float* packed, const float* observation, std::int64_t rows, float* value);
  /// The loss of the rows at the places first .. last - 1 of the order: sets this piece's gradient and its sums, in the
  /// order of LossFigure.
  void (*loss_gradient)(const NetworkPlan&, const float* packed, const LossOptions&, const LossArrays&,
                        std::int64_t first, std::int64_t last, float* gradient, float* figures);
  /// The loss at the heads alone, of the rows first .. last - 1.
  void (*policy_loss)(const LossOptions&, const HeadPlan&, const HeadArrays&, std::int64_t first, std::int64_t last);
  /// Adds a piece's gradient to that of the parameters, [P], flat.
  void (*add_gradient)(const NetworkPlan&, const float* gradient, float* flat);
};

}  // namespace matchday::kernels
