#include "verify/recorded_update.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <torch/nn/module.h>

#include <algorithm>
#include <utility>

#include "config/config.h"
#include "rules/bad_input.h"
#include "rules/observation.h"
#include "train/adam.h"
#include "train/reinforce.h"
#include "train/returns.h"

namespace matchday {
namespace {

/// Float32 sums of the same numbers in different orders differ by less than this.
constexpr double sum_tolerance = 1e-4;

/// Adam's first step is the gradient divided by its own magnitude, which amplifies rounding errors of small components.
constexpr double step_tolerance = 1e-3;

/// A weight that moved in the opposite direction is off by twice the learning rate, a hundredth of a typical weight.
constexpr double weight_tolerance = 2e-2;

/// The recorded tensors, checked when they are read.
class RecordedTensors {
 public:
  RecordedTensors(const std::map<std::string, at::Tensor>& recording, at::Device device)
      : recording_(recording), device_(device) {}

  const at::Tensor& find(const std::string& name) const {
    const auto found = recording_.find(name);
    if (found == recording_.end() || !found->second.defined())
      throw BadInput(fmt::format("the recorded update has no tensor {}", name));
    return found->second;
  }

  at::Tensor read(const std::string& name, at::IntArrayRef shape) const {
    const at::Tensor& tensor = find(name);
    if (tensor.scalar_type() != at::kFloat || tensor.sizes() != shape)
      throw BadInput(fmt::format("the recorded update's {} is {} [{}] but must be Float [{}]", name,
                                 c10::toString(tensor.scalar_type()), fmt::join(tensor.sizes(), ", "),
                                 fmt::join(shape, ", ")));
    if (!tensor.isfinite().all().item<bool>())
      throw BadInput(fmt::format("the recorded update's {} holds a number that is not finite", name));
    return tensor.to(device_);
  }

 private:
  const std::map<std::string, at::Tensor>& recording_;
  at::Device device_;
};

void compare(UpdateReport& report, std::string name, const at::Tensor& ours, const at::Tensor& theirs,
             double tolerance) {
  const at::Tensor recorded = theirs.to(at::kCPU, at::kDouble);
  const at::Tensor difference = ours.detach().to(at::kCPU, at::kDouble).reshape(recorded.sizes()) - recorded;
  const double worst = difference.abs().max().item<double>();
  const double scale = recorded.square().mean().sqrt().item<double>();
  report.errors.push_back({std::move(name), worst == 0.0 ? 0.0 : worst / scale, tolerance});
  const QuantityError& last = report.errors.back();
  if (!(last.error <= tolerance) && !report.first_failure) report.first_failure = last;  // also if the error is NaN
}

/// The recorded steps as a Trajectory.
Trajectory trajectory_of(const RecordedTensors& recorded, const Rules& rules) {
  const at::Tensor& first = recorded.find("obs");
  const std::int64_t t = rules.steps;
  const std::int64_t m = std::max(first.dim() > 1 ? first.size(1) : 0, std::int64_t{1});
  const std::int64_t components = observation_size(rules) - 2;  // without the team's one-hot
  const at::Tensor seen = recorded.read("obs", {t, m, components});
  const at::Tensor actions = recorded.read("actions", {t, m, 2 * rules.players, action_size});

  Trajectory trajectory;
  const at::Tensor one_hot = at::eye(2, seen.options()).view({1, 2, 1, 2}).expand({t, 2, m, 2});
  const auto sides = [&](const at::Tensor& by_team) { return by_team.reshape({t, 2 * m, 1, by_team.size(3)}); };
  trajectory.observation = sides(at::cat({seen.unsqueeze(1).expand({t, 2, m, components}), one_hot}, -1));
  trajectory.pre_squash = sides(actions.unflatten(2, {2, rules.players}).transpose(1, 2).flatten(3));
  trajectory.log_prob = at::zeros({t, 2 * m, 1}, seen.options());  // not recorded, and not needed by REINFORCE
  trajectory.reward = recorded.read("reward", {t, m});
  trajectory.terminated = at::zeros_like(trajectory.reward, at::kBool);
  trajectory.terminated[t - 1].fill_(true);
  return trajectory;
}

/// A network with the recorded weights from before the update.
Network network_before(const RecordedTensors& recorded, const Config& config, at::Device device) {
  Network network = make_network(config.rules, config.network, 0, device);
  const at::NoGradGuard no_gradient;
  for (NamedTensor& weights : parameters(network))
    weights.tensor.copy_(recorded.read("before." + weights.name, weights.tensor.sizes()));
  return network;
}

/// Compares both teams' numbers, [T x 2 x M, K], with NAME_a and NAME_b.
void compare_teams(UpdateReport& report, const RecordedTensors& recorded, const std::string& name,
                   const at::Tensor& ours) {
  const at::IntArrayRef per_step = recorded.find("reward").sizes();
  for (const int team : {0, 1}) {
    const at::Tensor own = ours.view({per_step[0], 2, per_step[1], -1}).select(1, team);
    const std::string full_name = name + (team == 0 ? "_a" : "_b");
    compare(report, full_name, own, recorded.read(full_name, own.sizes()), sum_tolerance);
  }
}

/// Compares each weight's change and its new value. Adam's first step changes nearly every weight by the learning rate,
/// up or down by its gradient's sign; where rounding decides the sign, only the new value is compared.
void compare_step(UpdateReport& report, const RecordedTensors& recorded, const std::string& name,
                  const at::Tensor& weights) {
  const at::Tensor before = recorded.read("before." + name, weights.sizes());
  const at::Tensor after = recorded.read("after." + name, weights.sizes());
  const at::Tensor size = recorded.read("grad." + name, weights.sizes()).abs();
  const at::Tensor certain = (size == 0.0).logical_or(size > size.square().mean().sqrt() * sum_tolerance);
  compare(report, "step of " + name, at::where(certain, weights - before, 0.0), at::where(certain, after - before, 0.0),
          step_tolerance);
  compare(report, "after." + name, weights, after, weight_tolerance);
}

}  // namespace

UpdateReport check_recorded_update(const std::map<std::string, at::Tensor>& recording, at::Device device) {
  const Config config = default_config("footyai-v2");
  const RecordedTensors recorded(recording, device);
  const Trajectory trajectory = trajectory_of(recorded, config.rules);
  Network network = network_before(recorded, config, device);
  const at::IntArrayRef per_step = trajectory.reward.sizes();
  UpdateReport report;

  const at::Tensor returns = discounted_returns(trajectory.reward, trajectory.terminated, config.train.gamma);
  ThreadPool thread_pool;
  const Advantages found = advantages(trajectory, config.train);
  const at::Tensor weighed_with = found.advantage.squeeze(-1);
  compare(report, "discounted", returns, recorded.read("discounted", per_step), sum_tolerance);
  compare(report, "normalised", weighed_with.narrow(1, 0, trajectory.reward.size(1)),
          recorded.read("normalised", per_step), sum_tolerance);

  const Samples samples = samples_of(trajectory, found, 0, trajectory.log_prob.size(1));
  const ActionDistribution distribution = decide(network, samples.observation);
  compare_teams(report, recorded, "mu", distribution.mean);
  compare_teams(report, recorded, "sigma", distribution.log_std.exp());
  compare_teams(report, recorded, "log_prob", log_prob(distribution, samples.pre_squash));

  Adam adam(network, {.epsilon = config.train.adam_epsilon, .gradient_norm = config.train.gradient_norm});
  const UpdateMetrics metrics =
      reinforce_gradient(network, samples, config.train, trajectory.reward.size(1), thread_pool);
  compare(report, "loss", metrics.front().tensor, recorded.read("loss", {1}), sum_tolerance);
  for (const NamedTensor& weights : parameters(network)) {
    const at::Tensor gradient = weights.tensor.grad();
    const std::string name = "grad." + weights.name;
    compare(report, name, gradient, recorded.read(name, gradient.sizes()), sum_tolerance);
  }

  const at::Tensor norm = adam.step(at::full({}, config.train.learning_rate, trajectory.reward.options()));
  compare(report, "grad_norm", norm, recorded.read("grad_norm", {1}), sum_tolerance);
  for (const NamedTensor& weights : parameters(network))
    compare_step(report, recorded, weights.name, weights.tensor.detach());
  return report;
}

}  // namespace matchday
