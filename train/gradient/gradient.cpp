#include "train/gradient/gradient.h"

#include <ATen/ATen.h>

#include "policy/network_plan.h"
#include "policy/packed_network.h"
#include "train/gradient/ways.h"

namespace matchday {

at::Tensor loss_gradient(const Network& network, const Samples& samples, const at::Tensor& rows,
                         const kernels::LossOptions& options, const at::Tensor& variance, ThreadPool& thread_pool,
                         const GradientOptions& how) {
  Differentiation chosen = how.differentiation;
  std::optional<operators::FusedNetwork> fused;
  if (chosen == Differentiation::automatic || chosen == Differentiation::fused)
    fused = fused_network(network, network.flat.device(), how.precision, true);
  if (chosen == Differentiation::automatic) {
    const bool has_heads = !network.forward && network.flat.scalar_type() == at::kFloat &&
                           (network.flat.is_cpu() || network.flat.is_cuda());
    chosen = can_be_packed(network) ? Differentiation::kernels
             : fused                ? Differentiation::fused
             : has_heads            ? Differentiation::matmul
                                    : Differentiation::autograd;
  }
  switch (chosen) {
    case Differentiation::kernels:
      return gradient_by_kernels(network, samples, rows, options, variance, thread_pool, how.precision);
    case Differentiation::fused:
      TORCH_CHECK_VALUE(fused, "the network is too large for a GPU's fused kernel");
      return gradient_by_fused_kernel(*fused, network, samples, rows, options, variance);
    case Differentiation::matmul:
      return gradient_by_matmul(network, samples, rows, options, variance, thread_pool, how.precision);
    default:
      return gradient_by_autograd(network, samples, rows, options, variance, thread_pool);
  }
}

at::Tensor loss_gradient(const Network& network, const std::vector<Samples>& own, const std::vector<at::Tensor>& rows,
                         const kernels::LossOptions& options, const at::Tensor& variance, ThreadPool& thread_pool,
                         const GradientOptions& how, const Ranks& ranks) {
  const auto of_shard = [&](std::size_t k) {
    return loss_gradient(network, own[k], rows.empty() ? at::Tensor() : rows[k], options, variance, thread_pool, how);
  };
  if (ranks.shards() == 1) return of_shard(0);
  std::vector<at::Tensor> sums;
  for (std::size_t k = 0; k < own.size(); ++k) {
    const at::Tensor metrics = of_shard(k);  // before the gradient, which it sets
    sums.push_back(at::cat({network.gradient, metrics}));
  }
  const at::Tensor all = ranks.sum(sums);
  const std::int64_t size = network.gradient.numel();
  network.gradient.copy_(all.narrow(0, 0, size));
  return all.narrow(0, size, all.numel() - size);
}

}  // namespace matchday
