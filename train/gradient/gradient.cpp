#include "train/gradient/gradient.h"

#include "policy/packed_network.h"
#include "train/gradient/ways.h"

namespace matchday {

at::Tensor loss_gradient(const Network& network, const Samples& samples, const at::Tensor& rows,
                         const kernels::LossOptions& options, const at::Tensor& variance, ThreadPool& thread_pool,
                         const GradientOptions& how) {
  Differentiation chosen = how.differentiation;
  if (chosen == Differentiation::automatic) {
    const bool packed = can_be_packed(network) && how.precision == at::kFloat;
    const bool has_heads = !network.forward && network.flat.scalar_type() == at::kFloat &&
                           (network.flat.is_cpu() || network.flat.is_cuda());
    chosen = packed ? Differentiation::kernels : has_heads ? Differentiation::matmul : Differentiation::autograd;
  }
  switch (chosen) {
    case Differentiation::kernels:
      return gradient_by_kernels(network, samples, rows, options, variance, thread_pool);
    case Differentiation::matmul:
      return gradient_by_matmul(network, samples, rows, options, variance, thread_pool, how.precision);
    default:
      return gradient_by_autograd(network, samples, rows, options, variance, thread_pool);
  }
}

}  // namespace matchday
