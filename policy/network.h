// Networks: from what a player or a team sees to its action distribution and to predicted returns.
//
// A network is plain tensors, and free functions compute it from them. So several networks of one shape can be
// stacked, each tensor with a leading dimension, and computed as one batched product.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "config/network_options.h"
#include "rules/rules.h"
#include "sim/action_distribution.h"

namespace matchday {

/// A linear layer: weight [out, in], bias [out]; of P stacked networks [P, out, in] and [P, out]. Without a weight its
/// output is the bias for every input.
struct Linear {
  at::Tensor weight;
  at::Tensor bias;
};

/// A network's outputs for observations [..., D]: mean, log_std_raw [..., K], value [..., 1] (undefined: no critic).
struct Outputs {
  at::Tensor mean;
  at::Tensor log_std_raw;  ///< before it is bounded
  at::Tensor value;
};

/// Any network that torch can compute and differentiate, as a function of its weights.
using Forward = std::function<Outputs(const std::vector<at::Tensor>& weights, const at::Tensor& observation)>;

/// Copies share their tensors; `snapshot` makes a deep copy.
struct Network {
  NetworkOptions options;
  std::vector<Linear> layers;  ///< the policy's hidden layers: one for each width, or one and then two for each block
  Linear mean;
  Linear log_std_raw;  ///< before it is bounded
  std::vector<Linear> critic_layers;
  Linear value;                     ///< undefined without a critic
  std::vector<at::Tensor> weights;  ///< of a network of another kind (network_of), without the layers above
  Forward forward;                  ///< computes that network
  at::Tensor flat;      ///< [P], all numbers: the tensors above are views of it, in the order of `parameters`
  at::Tensor gradient;  ///< [P]: the tensors' gradients are views of it
};

/// The rows of a side (a team in a match), R, the numbers that the network reads of each, D, and those it decides, K.
struct NetworkShape {
  std::int64_t rows;     ///< N for a player's network, 1 for a team's
  std::int64_t inputs;   ///< D
  std::int64_t outputs;  ///< K: 4, or 4N
};
NetworkShape network_shape(const Rules& rules, const NetworkOptions& options);

/// An untrained network with weights determined by `seed`, on `device`; on at::kMeta only its shapes, without memory.
/// Throws BadInput for bad options.
Network make_network(const Rules& rules, const NetworkOptions& options, std::uint64_t seed, at::Device device);

/// A network of any other kind. Of the options only agent, head and the bounds of log std apply to it. It is trained
/// through autograd, in float32.
Network network_of(const NetworkOptions& options, const std::vector<at::Tensor>& weights, const Forward& forward,
                   at::Device device);

/// A head's log standard deviation stays within these.
struct LogStdBounds {
  double lowest;
  double highest;
};
LogStdBounds log_std_bounds(const NetworkOptions& options);

/// The distribution for observation, float32 [..., D]: over [..., K]; P stacked networks: [P, rows, D] -> [P, rows, K].
ActionDistribution decide(const Network& network, const at::Tensor& observation);

/// The returns that the critic predicts: float32 [..., D] -> [...].
at::Tensor predict_values(const Network& network, const at::Tensor& observation);

struct NamedTensor {
  std::string name;
  at::Tensor tensor;
};

/// All tensors of a network, always in the same order. The policy's have the names of FootyAI's state dict, so that
/// FootyAI's weights load unchanged: shared_layers.{0,2,...}, fc_mu, fc_log_sigma.
std::vector<NamedTensor> parameters(const Network& network);

/// The tensor that contains the element `place` of the flat array.
NamedTensor parameter_at(const Network& network, std::int64_t place);

/// A network whose tensors are views of `flat`, [P], with the shapes of those of `like`.
Network viewed(const Network& like, const at::Tensor& flat);

/// The network with its hidden layers stored and computed in another precision (bfloat16); the heads stay as they are.
/// The converted layers don't follow later changes of the network.
Network computed_in(const Network& network, at::ScalarType precision);

/// A deep copy of the network, which requires no gradient.
Network snapshot(const Network& network);

/// Several networks of one shape as one. Only for `decide` and `predict_values`: it has no flat array.
Network stacked(const std::vector<Network>& networks);

/// A copy of the network on a device, ready for training.
Network on_device(const Network& network, at::Device device);

/// One network that both teams share, or A's and B's own.
using Networks = std::vector<Network>;

}  // namespace matchday
