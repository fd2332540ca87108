// The gradient of a loss without autograd: forward through a network and back again in torch's matrix products, layer
// by layer, on a CPU or a GPU, the hidden layers in float32 or bfloat16.
#pragma once

#include "train/update.h"

namespace matchday {

/// Adds the samples' part of the loss's gradient to `gradient`, a network whose tensors are the derivatives by those of
/// the learning network (float32). network: the learning one, or it `computed_in` bfloat16. Gives the figures' sums,
/// float32 [loss_figures].
at::Tensor add_explicit_gradient(const Network& network, const Network& gradient, const Samples& samples,
                                 const kernels::LossOptions& options, const at::Tensor& variance);

}  // namespace matchday
