// The team network: one multilayer perceptron that moves a whole team.
#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/pimpl.h>

#include <cstdint>

#include "policy/action_distribution.h"
#include "policy/network_options.h"
#include "rules/rules.h"

namespace matchday {

/// Observation [R, D] -> distribution of a team's action [R, 4N]. Parameters bear the names of FootyAI's state dict, so
/// that its weights load as they are: shared_layers.{0,2,...}, fc_mu, fc_log_sigma.
class TeamNetworkImpl : public torch::nn::Module {
 public:
  /// Draws the weights from torch's global generator (see make_network).
  TeamNetworkImpl(const NetworkOptions& options, std::int64_t inputs, std::int64_t outputs);

  ActionDistribution forward(const at::Tensor& observation);

  const NetworkOptions& options() const { return options_; }

 private:
  void initialise();

  NetworkOptions options_;
  torch::nn::Sequential shared_layers_;
  torch::nn::Linear fc_mu_ = nullptr;
  torch::nn::Linear fc_log_sigma_ = nullptr;
};
TORCH_MODULE(TeamNetwork);

/// A network for these rules with weights that follow from `seed`, on `device`.
TeamNetwork make_network(const Rules& rules, const NetworkOptions& options, std::uint64_t seed, at::Device device);

}  // namespace matchday
