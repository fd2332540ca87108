#include "policy/network.h"

#include <torch/nn/init.h>

#include <cmath>
#include <stdexcept>

#include "policy/network_plan.h"
#include "policy/packed_network.h"
#include "policy/through_trunk.h"
#include "rules/bad_input.h"
#include "rules/observation.h"

namespace matchday {
namespace {

/// FootyAI clamps log sigma to this range.
constexpr double footyai_log_std_lowest = -20.0;
constexpr double footyai_log_std_highest = 2.0;

/// FootyAI's starting biases.
constexpr double footyai_hidden_bias = 0.01;
constexpr double footyai_log_std_bias = -1.0;

/// Gain of an untrained policy's last layer: so small that actions start near the middle of their range.
constexpr double last_layer_gain = 0.01;

/// The number whose sigmoid is s.
double logit(double s) { return std::log(s / (1.0 - s)); }

/// Makes layers of a network: on the CPU, so that weights are the same for every device, or as shapes alone (meta).
struct LayerMaker {
  const NetworkOptions& options;
  at::Device device;

  Linear linear(std::int64_t inputs, std::int64_t outputs, double gain, double bias) const {
    Linear linear{at::empty({outputs, inputs}, device), at::full({outputs}, bias, device)};
    if (device.is_meta()) return linear;
    if (options.initialisation == Initialisation::xavier)
      torch::nn::init::xavier_uniform_(linear.weight);
    else
      torch::nn::init::orthogonal_(linear.weight, gain);
    return linear;
  }

  std::vector<Linear> layers(const std::vector<std::int64_t>& widths, std::int64_t inputs) const {
    const double bias = options.head == Head::footyai ? footyai_hidden_bias : 0.0;
    const std::vector<TrunkStep> steps = trunk_steps(options.trunk, widths);
    std::vector<Linear> layers;
    for (std::size_t k = 0; k < steps.size(); ++k) {
      if (steps[k].operation != TrunkOperation::linear) continue;
      // What is added begins near zero; else the gain keeps the scale of activations through a ReLU.
      const bool added = steps[k + 1].operation == TrunkOperation::add;
      layers.push_back(linear(inputs, steps[k].width, added ? last_layer_gain : std::sqrt(2.0), bias));
      inputs = steps[k].width;
    }
    return layers;
  }
};

at::Tensor apply(const Linear& linear, const at::Tensor& x) {
  if (!linear.weight.defined()) {
    auto shape = x.sizes().vec();
    shape.back() = linear.bias.size(-1);
    return (linear.bias.dim() == 2 ? linear.bias.unsqueeze(1) : linear.bias).expand(shape);
  }
  if (linear.weight.dim() == 3) return at::baddbmm(linear.bias.unsqueeze(1), x, linear.weight.transpose(1, 2));
  return at::linear(x, linear.weight, linear.bias);
}

/// A trunk's features. widths: as in the options. observation: [..., D].
at::Tensor features(Trunk trunk, const std::vector<std::int64_t>& widths, const std::vector<Linear>& layers,
                    const at::Tensor& observation) {
  auto layer = layers.begin();
  return through_trunk(
      trunk_steps(trunk, widths), observation.to(layer->bias.scalar_type()),
      [&](const at::Tensor& x) { return apply(*layer++, x); }, [](const at::Tensor& x) { return x.relu(); },
      [](const at::Tensor& x, std::int64_t width) { return at::layer_norm(x, {width}, {}, {}, layer_norm_floor); });
}

/// The heads' outputs, without the critic's.
Outputs policy_outputs(const Network& network, const at::Tensor& observation) {
  if (network.forward) return network.forward(network.weights, observation);
  const at::Tensor seen = features(network.options.trunk, network.options.hidden, network.layers, observation)
                              .to(network.mean.bias.scalar_type());
  return {apply(network.mean, seen), apply(network.log_std_raw, seen), {}};
}

/// The forward function of several stacked networks: weights and observations have a leading dimension.
Forward for_each_of_stack(const Forward& forward) {
  return [forward](const std::vector<at::Tensor>& weights, const at::Tensor& observation) {
    std::vector<at::Tensor> of_all[3];
    for (std::int64_t p = 0; p < observation.size(0); ++p) {
      std::vector<at::Tensor> own;
      for (const at::Tensor& weight : weights) own.push_back(weight[p]);
      const Outputs outputs = forward(own, observation[p]);
      of_all[0].push_back(outputs.mean);
      of_all[1].push_back(outputs.log_std_raw);
      if (outputs.value.defined()) of_all[2].push_back(outputs.value);
    }
    return Outputs{at::stack(of_all[0]), at::stack(of_all[1]), of_all[2].empty() ? at::Tensor() : at::stack(of_all[2])};
  };
}

/// Calls visit(name, tensor) for every tensor of a network.
template <class AnyNetwork, class Visit>
void for_each_tensor(AnyNetwork& network, const Visit& visit) {
  const auto layer = [&](const std::string& name, auto& linear) {
    if (linear.weight.defined()) visit(name + ".weight", linear.weight);
    if (linear.bias.defined()) visit(name + ".bias", linear.bias);
  };
  const auto layers = [&](const std::string& name, auto& all) {
    for (std::size_t k = 0; k < all.size(); ++k) layer(name + "." + std::to_string(2 * k), all[k]);
  };
  layers("shared_layers", network.layers);
  layer("fc_mu", network.mean);
  layer("fc_log_sigma", network.log_std_raw);
  layers("critic_layers", network.critic_layers);
  layer("fc_value", network.value);
  for (std::size_t k = 0; k < network.weights.size(); ++k) visit("weights." + std::to_string(k), network.weights[k]);
}

/// The network with every tensor replaced by `change(tensor)`, and without a flat array.
template <class Change>
Network changed(const Network& network, const Change& change) {
  Network result = network;
  result.flat = result.gradient = at::Tensor();
  for_each_tensor(result, [&](const std::string&, at::Tensor& tensor) { tensor = change(tensor); });
  return result;
}

/// The network's numbers in one new array.
at::Tensor in_one_array(const Network& network) {
  std::vector<at::Tensor> rows;
  for (const NamedTensor& parameter : parameters(network)) rows.push_back(parameter.tensor.detach().flatten());
  return at::cat(rows);
}

}  // namespace

NetworkShape network_shape(const Rules& rules, const NetworkOptions& options) {
  if (options.agent == Agent::player) return {rules.players, player_observation_size(rules.players), action_size};
  return {1, observation_size(rules), std::int64_t{rules.players} * action_size};
}

Network make_network(const Rules& rules, const NetworkOptions& options, std::uint64_t seed, at::Device device) {
  if (const auto text = problem(options)) throw BadInput(*text);
  const at::NoGradGuard no_gradient;
  at::manual_seed(seed);
  const NetworkShape shape = network_shape(rules, options);
  const double range = options.log_std_highest - options.log_std_lowest;
  const double start = options.head == Head::footyai ? footyai_log_std_bias
                                                     : logit((options.log_std_start - options.log_std_lowest) / range);
  const LayerMaker make{options, device.is_meta() ? device : at::Device(at::kCPU)};
  Network network;
  network.options = options;
  network.layers = make.layers(options.hidden, shape.inputs);
  network.mean = make.linear(options.hidden.back(), shape.outputs, last_layer_gain, 0.0);
  if (options.sigma == Sigma::network)
    network.log_std_raw = make.linear(options.hidden.back(), shape.outputs, last_layer_gain, start);
  else
    network.log_std_raw.bias = at::full({shape.outputs}, start, make.device);
  if (!options.critic_hidden.empty()) {
    network.critic_layers = make.layers(options.critic_hidden, shape.inputs);
    network.value = make.linear(options.critic_hidden.back(), 1, 1.0, 0.0);
  }
  return on_device(network, device);
}

Network network_of(const NetworkOptions& options, const std::vector<at::Tensor>& weights, const Forward& forward,
                   at::Device device) {
  Network network;
  network.options = options;
  network.weights = weights;
  network.forward = forward;
  return on_device(network, device);
}

LogStdBounds log_std_bounds(const NetworkOptions& options) {
  if (options.head == Head::footyai) return {footyai_log_std_lowest, footyai_log_std_highest};
  return {options.log_std_lowest, options.log_std_highest};
}

ActionDistribution decide(const Network& network, const at::Tensor& observation) {
  if (can_be_packed(network) && !at::GradMode::is_enabled())
    return PackedNetwork(network).decide(observation.contiguous());
  if (observation.is_cuda() && !at::GradMode::is_enabled())
    if (const auto decided = decide_by_fused_kernel(network, observation)) return *decided;
  const NetworkOptions& options = network.options;
  const Outputs outputs = policy_outputs(network, observation);
  const at::Tensor& mean = outputs.mean;
  const at::Tensor& log_std_raw = outputs.log_std_raw;
  const LogStdBounds bounds = log_std_bounds(options);
  if (options.head == Head::footyai)
    return {Squash::none, mean.tanh(), log_std_raw.clamp(bounds.lowest, bounds.highest)};
  return {Squash::tanh, mean, log_std_raw.sigmoid() * (bounds.highest - bounds.lowest) + bounds.lowest};
}

at::Tensor predict_values(const Network& network, const at::Tensor& observation) {
  if (can_be_packed(network) && !at::GradMode::is_enabled())
    return PackedNetwork(network).predict_values(observation.contiguous());
  if (observation.is_cuda() && !at::GradMode::is_enabled())
    if (const auto values = predict_values_by_fused_kernel(network, observation)) return *values;
  if (network.forward) return network.forward(network.weights, observation).value.squeeze(-1);
  const at::Tensor seen =
      features(network.options.trunk, network.options.critic_hidden, network.critic_layers, observation);
  return apply(network.value, seen.to(network.value.bias.scalar_type())).squeeze(-1);
}

std::vector<NamedTensor> parameters(const Network& network) {
  std::vector<NamedTensor> all;
  for_each_tensor(network, [&](const std::string& name, const at::Tensor& tensor) { all.push_back({name, tensor}); });
  return all;
}

NamedTensor parameter_at(const Network& network, std::int64_t place) {
  for (const NamedTensor& parameter : parameters(network))
    if ((place -= parameter.tensor.numel()) < 0) return parameter;
  throw std::out_of_range("a network has no such place");
}

Network viewed(const Network& like, const at::Tensor& flat) {
  std::int64_t first = 0;
  Network result = changed(like, [&](const at::Tensor& tensor) {
    const at::Tensor own = flat.narrow(0, first, tensor.numel()).view(tensor.sizes()).detach();
    first += tensor.numel();
    return own;
  });
  result.flat = flat;
  return result;
}

Network computed_in(const Network& network, at::ScalarType precision) {
  if (network.flat.scalar_type() == precision) return network;
  const Network other = viewed(network, network.flat.to(precision));
  Network result = viewed(network, network.flat);
  result.layers = other.layers;
  result.critic_layers = other.critic_layers;
  result.flat = at::Tensor();
  return result;
}

Network snapshot(const Network& network) { return viewed(network, in_one_array(network)); }

Network stacked(const std::vector<Network>& networks) {
  std::vector<std::vector<NamedTensor>> all;
  for (const Network& network : networks) all.push_back(parameters(network));
  std::size_t k = 0;
  Network result = changed(networks.front(), [&](const at::Tensor&) {
    std::vector<at::Tensor> same;
    for (const std::vector<NamedTensor>& of_one : all) same.push_back(of_one[k].tensor);
    ++k;
    return at::stack(same);
  });
  if (result.forward) result.forward = for_each_of_stack(result.forward);
  return result;
}

Network on_device(const Network& network, at::Device device) {
  Network result = viewed(network, in_one_array(network).to(device));
  result.gradient = at::zeros_like(result.flat);
  std::int64_t first = 0;
  for (NamedTensor& parameter : parameters(result)) {
    const std::int64_t count = parameter.tensor.numel();
    parameter.tensor.set_requires_grad(true);
    parameter.tensor.mutable_grad() = result.gradient.narrow(0, first, count).view(parameter.tensor.sizes()).detach();
    first += count;
  }
  return result;
}

}  // namespace matchday
