// The gradient of the loss, computed in one of four ways.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "kernels/policy_loss.h"
#include "sim/thread_pool.h"
#include "train/ranks.h"
#include "train/samples.h"

namespace matchday {

/// The ways to compute a gradient.
enum class Differentiation {
  automatic,  ///< kernels on a CPU in float32; on a GPU fused, or matmul for large networks, as on a CPU in bfloat16;
              ///< autograd for all else (float64, MPS)
  kernels,    ///< the CPU's (kernels/cpu/network_kernels.h)
  fused,      ///< a GPU's (kernels/cuda/network.h)
  matmul,     ///< layer by layer in torch's matrix products (train/gradient/matmul.cpp)
  autograd,
};

/// How the gradient is computed.
struct GradientOptions {
  at::ScalarType precision = at::kFloat;  ///< of hidden layers: float32 or bfloat16
  Differentiation differentiation = Differentiation::automatic;
};

/// Sets the network's gradient to that of the loss of these rows (int64 [m]; undefined: all samples). Threads take the
/// rows in pieces, so that memory does not grow with the number of samples. Returns the metrics' sums.
at::Tensor loss_gradient(const Network& network, const Samples& samples, const at::Tensor& rows,
                         const kernels::LossOptions& options, const at::Tensor& variance, ThreadPool& thread_pool,
                         const GradientOptions& how = {});

/// The same of all shards' rows together: the same gradient and metrics on every rank. own, rows: this rank's shards';
/// no rows: all samples.
at::Tensor loss_gradient(const Network& network, const std::vector<Samples>& own, const std::vector<at::Tensor>& rows,
                         const kernels::LossOptions& options, const at::Tensor& variance, ThreadPool& thread_pool,
                         const GradientOptions& how, const Ranks& ranks);

}  // namespace matchday
