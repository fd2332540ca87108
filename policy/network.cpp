#include "policy/network.h"

#include <torch/torch.h>

#include <cmath>

#include "rules/observation.h"

namespace matchday {
namespace {

/// FootyAI clamps log sigma to this range.
constexpr double footyai_log_sigma_lowest = -20.0;
constexpr double footyai_log_sigma_highest = 2.0;

/// FootyAI's starting biases.
constexpr double footyai_hidden_bias = 0.01;
constexpr double footyai_log_sigma_bias = -1.0;

/// Gain of the last layer of an untrained squashed policy: it starts near the middle of its range, whatever it sees.
constexpr double last_layer_gain = 0.01;

/// The number whose sigmoid is s.
double logit(double s) { return std::log(s / (1.0 - s)); }

}  // namespace

TeamNetworkImpl::TeamNetworkImpl(const NetworkOptions& options, std::int64_t inputs, std::int64_t outputs)
    : options_(options) {
  std::int64_t width = inputs;
  for (const std::int64_t hidden : options.hidden) {
    shared_layers_->push_back(torch::nn::Linear(width, hidden));
    shared_layers_->push_back(torch::nn::ReLU());
    width = hidden;
  }
  register_module("shared_layers", shared_layers_);
  fc_mu_ = register_module("fc_mu", torch::nn::Linear(width, outputs));
  fc_log_sigma_ = register_module("fc_log_sigma", torch::nn::Linear(width, outputs));
  initialise();
}

void TeamNetworkImpl::initialise() {
  const torch::NoGradGuard no_gradient;
  const bool footyai = options_.head == "footyai";
  const double range = options_.log_std_highest - options_.log_std_lowest;
  const double start = logit((options_.log_std_start - options_.log_std_lowest) / range);
  for (const auto& layer : shared_layers_->children()) {
    auto* linear = layer->as<torch::nn::Linear>();
    if (linear == nullptr) continue;
    if (footyai)
      torch::nn::init::xavier_uniform_(linear->weight);
    else
      torch::nn::init::orthogonal_(linear->weight, std::sqrt(2.0));
    linear->bias.fill_(footyai ? footyai_hidden_bias : 0.0);
  }
  for (auto& head : {fc_mu_, fc_log_sigma_}) {
    if (footyai)
      torch::nn::init::xavier_uniform_(head->weight);
    else
      torch::nn::init::orthogonal_(head->weight, last_layer_gain);
  }
  fc_mu_->bias.zero_();
  fc_log_sigma_->bias.fill_(footyai ? footyai_log_sigma_bias : start);
}

ActionDistribution TeamNetworkImpl::forward(const at::Tensor& observation) {
  const at::Tensor features = shared_layers_->forward(observation);
  const at::Tensor mu = fc_mu_->forward(features);
  const at::Tensor log_sigma = fc_log_sigma_->forward(features);
  if (options_.head == "footyai")
    return {Squash::none, mu.tanh(), log_sigma.clamp(footyai_log_sigma_lowest, footyai_log_sigma_highest)};
  const double range = options_.log_std_highest - options_.log_std_lowest;
  return {Squash::tanh, mu, log_sigma.sigmoid() * range + options_.log_std_lowest};
}

TeamNetwork make_network(const Rules& rules, const NetworkOptions& options, std::uint64_t seed, at::Device device) {
  torch::manual_seed(seed);
  TeamNetwork network(options, observation_size(rules), rules.players * action_size);
  network->to(device);
  return network;
}

}  // namespace matchday
