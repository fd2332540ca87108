#include "tests/support/lively_networks.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace matchday {

Network in_type(Network network, at::ScalarType type) {
  const auto change = [&](Linear& linear) {
    for (at::Tensor* tensor : {&linear.weight, &linear.bias})
      if (tensor->defined()) *tensor = tensor->to(type);
  };
  for (std::vector<Linear>* layers : {&network.layers, &network.critic_layers})
    std::for_each(layers->begin(), layers->end(), change);
  for (Linear* linear : {&network.mean, &network.log_std_raw, &network.value}) change(*linear);
  return on_device(network, at::kCPU);
}

Network lively_network(const Rules& rules, const NetworkOptions& options, std::uint64_t seed, at::ScalarType type) {
  const Network network = in_type(make_network(rules, options, seed, at::kCPU), type);
  const at::NoGradGuard no_gradient;
  for (const NamedTensor& weights : parameters(network)) weights.tensor.add_(at::randn_like(weights.tensor) * 0.3);
  return network;
}

NetworkOptions small_options(Agent agent, Head head) {
  NetworkOptions options;
  options.agent = agent;
  options.hidden = {6, 5};
  options.critic_hidden = {5};
  options.head = head;
  return options;
}

std::vector<NetworkOptions> all_sorts() {
  std::vector<NetworkOptions> all;
  for (const Agent agent : {Agent::player, Agent::team})
    for (const Trunk trunk : values_of<Trunk>())
      for (const Head head : {Head::squashed, Head::footyai})
        for (const Sigma sigma : {Sigma::global, Sigma::network}) {
          NetworkOptions options;
          options.agent = agent;
          options.trunk = trunk;
          options.head = head;
          options.sigma = sigma;
          options.hidden = {8, 8, 8};
          options.critic_hidden = {6, 6};
          all.push_back(options);
        }
  return all;
}

std::vector<NetworkOptions> sorts_of_odd_widths() {
  std::vector<NetworkOptions> all;
  for (NetworkOptions options : all_sorts()) {
    options.hidden =
        !needs_one_width(options.trunk) ? std::vector<std::int64_t>{33, 16, 70} : std::vector<std::int64_t>{20, 20, 20};
    options.critic_hidden = options.hidden;
    all.push_back(options);
    options.critic_hidden = {};
    all.push_back(options);
  }
  return all;
}

std::string sort_text(const NetworkOptions& options) {
  return fmt::format("{}, {}, {}, sigma {}, {}", name_of(options.agent), name_of(options.trunk), name_of(options.head),
                     name_of(options.sigma), options.critic_hidden.empty() ? "no critic" : "critic");
}

void zero_gradients(const Network& network) { network.gradient.zero_(); }

std::vector<at::Tensor> gradients_of(const Network& network) {
  std::vector<at::Tensor> gradients;
  for (const NamedTensor& weights : parameters(network))
    gradients.push_back(weights.tensor.grad().defined() ? weights.tensor.grad().clone()
                                                        : at::zeros_like(weights.tensor));
  return gradients;
}

at::Tensor weights_in_a_row(const Network& network) {
  std::vector<at::Tensor> rows;
  for (const NamedTensor& weights : parameters(network)) rows.push_back(weights.tensor.detach().flatten());
  return at::cat(rows);
}

double gradient_error(const Network& network, const std::function<double()>& loss) {
  const at::NoGradGuard no_gradient;
  double worst = 0.0, largest = 0.0;
  for (const NamedTensor& weights : parameters(network)) {
    const at::Tensor gradient =
        weights.tensor.grad().defined() ? weights.tensor.grad() : at::zeros_like(weights.tensor);
    for (std::int64_t k = 0; k < weights.tensor.numel(); ++k) {
      constexpr double h = 1e-6;
      const at::Tensor weight = weights.tensor.view(-1)[k];
      const double before = weight.item<double>();
      weight.fill_(before + h);
      const double up = loss();
      weight.fill_(before - h);
      const double down = loss();
      weight.fill_(before);
      const double slope = (up - down) / (2.0 * h);
      worst = std::max(worst, std::abs(slope - gradient.view(-1)[k].item<double>()));
      largest = std::max(largest, std::abs(slope));
    }
  }
  return worst / largest;
}

}  // namespace matchday
