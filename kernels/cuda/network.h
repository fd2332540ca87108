// Small networks on a GPU: rows go through all layers of a network in one launch, each block of threads with the
// weights in its shared memory. The gradient is summed in a fixed order: the same bits every time.
#pragma once

#include <driver_types.h>

#include "kernels/fused_network.h"
#include "kernels/match.h"
#include "kernels/policy_loss.h"

namespace matchday::kernels {

/// Rows that a policy decides for, or whose returns a critic predicts.
struct ForwardTask {
  const float* parameters = nullptr;  ///< [P]
  bool critic = false;
  std::int64_t first = 0;  ///< of the rows
  std::int64_t rows = 0;
};

inline constexpr int most_forward_tasks = 32;

/// Where actions are drawn from what policies decide: rows [2, B, R] are sides of B matches, R players of each, or its
/// team; K = 4 N / R.
struct DrawArrays {
  NoiseArrays counters{};
  bool squash = false;          ///< whether an action is tanh of the sample
  bool rotate_b = false;        ///< B's policy acts in its own view, but the game takes actions as seen from above
  float* pre_squash = nullptr;  ///< [2, B, N, 4], as drawn; null: nothing is drawn
  float* action = nullptr;      ///< [2, B, N, 4]
  float* log_prob = nullptr;    ///< [2, B, R], of a row's actions
};

/// A forward pass of several networks of one shape.
struct Forward {
  FusedPart policy;
  FusedPart critic;
  HeadPlan head;
  FusedNumber number = FusedNumber::float32;  ///< of the hidden layers
  Observations observation;
  int tasks = 0;
  ForwardTask task[most_forward_tasks];
  DrawArrays draw;
  float* mean = nullptr;     ///< [M, K]; null: not written
  float* log_std = nullptr;  ///< [M, K]
  float* value = nullptr;    ///< [M]
};

/// Writes the tasks' rows of mean, log_std, draws and value.
void network_forward_cuda(const Forward& forward, cudaStream_t stream);

/// A loss's gradient.
struct Gradient {
  FusedPart policy;
  FusedPart critic;  ///< without heads: no critic
  HeadPlan head;
  FusedNumber number = FusedNumber::float32;  ///< of the hidden layers
  Observations observation;
  LossOptions options;
  LossArrays arrays;  ///< without their observation; rows as in the order, or the first ones
  std::int64_t rows = 0;
  int size = 0;                       ///< P
  const float* parameters = nullptr;  ///< [P]
  float* of_blocks = nullptr;  ///< [fused_gradient_blocks, P + 2 loss_metrics]: each block's sums, the metrics of
                               ///< policy and critic apart
  float* outside = nullptr;    ///< [2, blocks, size_outside]: sums that shared memory cannot hold
  int size_outside = 0;
  float* gradient = nullptr;  ///< [P]
  float* metrics = nullptr;   ///< [loss_metrics]
};

/// Writes gradient and metrics, in two launches.
void network_gradient_cuda(const Gradient& gradient, cudaStream_t stream);

/// Bytes of shared memory that a block may have on the current device.
int most_shared_bytes();

}  // namespace matchday::kernels
