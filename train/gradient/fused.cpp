// The gradient on a GPU in two launches: rows go through the whole network and back in one, the blocks' sums are added
// in the other (kernels/cuda/network.h).
#include <ATen/ATen.h>

#include "train/gradient/ways.h"

namespace matchday {

at::Tensor gradient_by_fused_kernel(const operators::FusedNetwork& fused, const Network& network,
                                    const Samples& samples, const at::Tensor& rows, const kernels::LossOptions& options,
                                    const at::Tensor& variance) {
  const at::NoGradGuard no_gradient;
  return operators::network_gradient(fused, options, network.flat,
                                     {samples.observation, samples.pre_squash, samples.log_prob, samples.advantage,
                                      samples.target, variance, samples.teacher, samples.teacher_weight},
                                     rows, network.gradient);
}

}  // namespace matchday
