// The four ways to a gradient (private to this folder). Each does what loss_gradient says.
#pragma once

#include "kernels/network_operators.h"
#include "train/gradient/gradient.h"

namespace matchday {

/// By the CPU's kernels: network and loss in closed form, tile by tile, with hidden layers in float32 or bfloat16
/// (`precision`).
at::Tensor gradient_by_kernels(const Network& network, const Samples& samples, const at::Tensor& rows,
                               const kernels::LossOptions& options, const at::Tensor& variance, ThreadPool& thread_pool,
                               at::ScalarType precision);

/// By a GPU's kernel, all layers in one launch. fused: the network as it computes it (policy/network_plan.h).
at::Tensor gradient_by_fused_kernel(const operators::FusedNetwork& fused, const Network& network,
                                    const Samples& samples, const at::Tensor& rows, const kernels::LossOptions& options,
                                    const at::Tensor& variance);

/// Layer by layer in torch's matrix products, with hidden layers in float32 or bfloat16 (`precision`).
at::Tensor gradient_by_matmul(const Network& network, const Samples& samples, const at::Tensor& rows,
                              const kernels::LossOptions& options, const at::Tensor& variance, ThreadPool& thread_pool,
                              at::ScalarType precision);

/// By torch's automatic differentiation of the loss (train/loss.h).
at::Tensor gradient_by_autograd(const Network& network, const Samples& samples, const at::Tensor& rows,
                                const kernels::LossOptions& options, const at::Tensor& variance,
                                ThreadPool& thread_pool);

}  // namespace matchday
