#include "train/trainer.h"

#include <fmt/format.h>
#include <torch/torch.h>

#include <algorithm>

#include "train/reinforce.h"
#include "train/returns.h"

namespace matchday {
namespace {

/// Independent teams start from seeds this far apart.
constexpr std::uint64_t seed_of_team_b = 0x9E3779B97F4A7C15;

TeamNetworks make_networks(const Config& config, at::Device device) {
  const auto seed = static_cast<std::uint64_t>(config.train.seed);
  TeamNetworks networks{make_network(config.rules, config.network, seed, device)};
  if (config.train.teams == "independent")
    networks.push_back(make_network(config.rules, config.network, seed ^ seed_of_team_b, device));
  return networks;
}

/// Weight of the shaping rewards in this iteration.
double shaping_weight(const TrainOptions& options, std::int64_t iteration) {
  if (options.shaping_iterations == 0) return 1.0;
  return std::max(0.0, 1.0 - static_cast<double>(iteration) / static_cast<double>(options.shaping_iterations));
}

double scheduled_learning_rate(const TrainOptions& options, double progress) {
  return options.learning_rate * (1.0 - std::clamp(progress, 0.0, 1.0) * (1.0 - options.learning_rate_end));
}

}  // namespace

Trainer::Trainer(const Config& config, at::Device device)
    : config_(config),
      networks_(make_networks(config, device)),
      simulator_(
          config.rules,
          {.matches = config.train.matches, .seed = static_cast<std::uint64_t>(config.train.seed), .device = device}),
      adam_(networks_, {.epsilon = config.train.adam_epsilon, .gradient_norm = config.train.gradient_norm}) {}

IterationFigures Trainer::iterate(double progress) {
  const TrainOptions& options = config_.train;
  const double shaping = shaping_weight(options, iteration_);
  const double learning_rate = scheduled_learning_rate(options, progress);
  const at::TensorOptions floats = at::TensorOptions(simulator_.device()).dtype(at::kFloat);

  if (iteration_ > 0) simulator_.reset();
  const Trajectory trajectory = rollout(simulator_, networks_, config_.rules.steps, at::full({}, shaping, floats));
  const at::Tensor advantage = advantages(trajectory, options);
  adam_.zero_gradients();
  const ReinforceResult result = reinforce_gradient(networks_, trajectory, advantage, options.entropy);
  const at::Tensor norm = adam_.step(at::full({}, learning_rate, floats));
  ++iteration_;
  match_steps_ += options.matches * config_.rules.steps;

  const at::Tensor goals = simulator_.state().score.to(at::kFloat).mean(1);
  const at::Tensor figures = at::stack({result.loss, norm, result.sigma, result.entropy, goals[0] + goals[1],
                                        goals[0] - goals[1], simulator_.bad_numbers().to(at::kFloat), adam_.skipped()})
                                 .cpu();
  const auto* figure = figures.const_data_ptr<float>();
  return {iteration_, match_steps_, figure[0],     figure[1], figure[2], figure[3],
          figure[4],  figure[5],    learning_rate, shaping,   figure[6], figure[7]};
}

Checkpoint Trainer::checkpoint() const { return {config_, networks_, iteration_, match_steps_}; }

at::Device find_device(const std::string& name) {
  TrainOptions options;
  options.device = name;
  if (const auto text = range_problem(train_fields, options)) throw BadInput(*text);
  if (name == "auto") return torch::cuda::is_available() ? at::kCUDA : torch::mps::is_available() ? at::kMPS : at::kCPU;
  const at::Device device(name);
  if (device.is_cuda() &&
      (!torch::cuda::is_available() || device.index() >= static_cast<int>(torch::cuda::device_count())))
    throw BadInput(fmt::format("device is {} but this machine has {} CUDA device(s) that torch can use", name,
                               torch::cuda::is_available() ? torch::cuda::device_count() : 0));
  if (device.is_mps() && !torch::mps::is_available())
    throw BadInput("device is mps but torch can't use Metal on this machine");
  return device;
}

}  // namespace matchday
