// The gradient on a GPU in two launches: rows go through the whole network and back in one, the blocks' sums are added
// in the other (kernels/cuda/network.h).
#include <ATen/ATen.h>

#include "kernels/network_operators.h"
#include "policy/network_plan.h"
#include "train/gradient/ways.h"

namespace matchday {
bool can_be_fused(const Network& network, at::ScalarType precision) {
  return fused_network(network, network.flat.device(), precision, true).has_value();
}

at::Tensor gradient_by_fused_kernel(const Network& network, const Samples& samples, const at::Tensor& rows,
                                    const kernels::LossOptions& options, const at::Tensor& variance,
                                    at::ScalarType precision) {
  const at::NoGradGuard no_gradient;
  const std::optional<operators::FusedNetwork> plan = fused_network(network, network.flat.device(), precision, true);
  TORCH_CHECK_VALUE(plan, "the network is too large for a GPU's fused kernel");
  return operators::network_gradient(*plan, options, network.flat,
                                     {samples.observation, samples.pre_squash, samples.log_prob, samples.advantage,
                                      samples.target, variance, samples.teacher, samples.teacher_weight},
                                     rows, network.gradient);
}

}  // namespace matchday
