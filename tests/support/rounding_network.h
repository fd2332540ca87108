// A network that rounds to bfloat16 where the kernels do, for autograd. Rounding errors are large compared with a
// gradient of random samples, and PPO's clipping makes them larger: only what rounds at the same places comes near.
#pragma once

#include "policy/network.h"

namespace matchday {

/// Whether heads' weights and the derivatives by their outputs are rounded too, as on a GPU.
enum class RoundedHeads { no, yes };

/// The network's own tensors, computed with rounding. It refers to the network, which must outlive it.
Network rounding_network(const Network& network, RoundedHeads heads);

/// The loss's gradient by the network's parameters, [P].
at::Tensor gradient_of(const at::Tensor& loss, const Network& network);

}  // namespace matchday
