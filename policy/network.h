// Networks: from what a player or a team sees to what it does, and to what it may expect.
//
// A network is plain tensors, and what it computes are functions of them. So several networks of one shape can be
// stacked, each tensor with a leading dimension, and computed as one batched product.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "policy/action_distribution.h"
#include "policy/network_options.h"
#include "rules/rules.h"

namespace matchday {

/// A linear layer's numbers: weight [out, in], bias [out]; of P networks at once [P, out, in] and [P, out]. Without a
/// weight a layer gives its bias, whatever it reads.
struct Linear {
  at::Tensor weight;
  at::Tensor bias;
};

/// What a network says of observations [..., D]: mean and log_sigma [..., K], value [..., 1] (undefined: no critic).
struct Outputs {
  at::Tensor mean;
  at::Tensor log_sigma;  ///< before it is bounded
  at::Tensor value;
};

/// Any network that torch can compute and differentiate, as a function of its weights.
using Forward = std::function<Outputs(const std::vector<at::Tensor>& weights, const at::Tensor& observation)>;

/// Copies share their tensors; `snapshot` makes one of its own.
struct Network {
  NetworkOptions options;
  std::vector<Linear> layers;  ///< the policy's hidden layers: one for each width, or one and two for each block
  Linear mean;
  Linear log_sigma;  ///< before it is bounded
  std::vector<Linear> critic_layers;
  Linear value;                     ///< undefined without a critic
  std::vector<at::Tensor> weights;  ///< of a network of another sort, which has none of the layers above
  Forward forward;                  ///< what that computes
  at::Tensor flat;      ///< [P], all numbers: the tensors above are views of it, in the order of `parameters`
  at::Tensor gradient;  ///< [P], of which the tensors' gradients are views
};

/// How many rows a side (a team in a match) is for the network, R, what it reads of each, D, and decides, K.
struct NetworkShape {
  std::int64_t rows;     ///< N for a player's network, 1 for a team's
  std::int64_t inputs;   ///< D
  std::int64_t outputs;  ///< K: 4, or 4N
};
NetworkShape network_shape(const Rules& rules, const NetworkOptions& options);

/// An untrained network with weights that follow from `seed`, on `device`; on at::kMeta its shapes alone, which take no
/// memory. Throws BadInput.
Network make_network(const Rules& rules, const NetworkOptions& options, std::uint64_t seed, at::Device device);

/// A network of any other sort. Of the options only kind and head have a meaning for it. It is trained through
/// autograd, in float32.
Network network_of(const NetworkOptions& options, const std::vector<at::Tensor>& weights, const Forward& forward,
                   at::Device device);

/// A head's log standard deviation stays within these.
struct LogStdBounds {
  double lowest;
  double highest;
};
LogStdBounds log_std_bounds(const NetworkOptions& options);

/// What to do. observation: float32 [..., D] -> over [..., K]; for P stacked networks [P, rows, D] -> [P, rows, K].
ActionDistribution decide(const Network& network, const at::Tensor& observation);

/// The returns that the critic expects: float32 [..., D] -> [...].
at::Tensor expected_return(const Network& network, const at::Tensor& observation);

struct NamedTensor {
  std::string name;
  at::Tensor tensor;
};

/// All tensors of a network, always in the same order. The policy's bear the names of FootyAI's state dict, so that its
/// weights load as they are: shared_layers.{0,2,...}, fc_mu, fc_log_sigma.
std::vector<NamedTensor> parameters(const Network& network);

/// The tensor that a place of the flat array belongs to.
NamedTensor parameter_at(const Network& network, std::int64_t place);

/// A network whose tensors are views of `flat`, [P], as wide as those of the other.
Network viewed(const Network& like, const at::Tensor& flat);

/// The network with the hidden layers' numbers in another precision (bfloat16), in which they are then computed; the
/// heads stay as they are. It does not follow changes of the network.
Network computed_in(const Network& network, at::ScalarType precision);

/// The same network in tensors of its own, which need no gradient.
Network snapshot(const Network& network);

/// Several networks of one shape as one. Only for `decide` and `expected_return`: it has no flat array.
Network stacked(const std::vector<Network>& networks);

/// The network's copy on a device, ready to be trained.
Network on_device(const Network& network, at::Device device);

}  // namespace matchday
