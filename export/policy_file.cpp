#include "export/policy_file.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "export/onnx.h"
#include "export/policy_graph.h"
#include "export/torchscript.h"
#include "export/weights.h"
#include "files/atomic_file.h"

namespace matchday {
namespace {

constexpr std::int64_t observations_compared = 1000;

void write_unproved(const std::string& path, Format format, const ExportedPolicy& policy) {
  if (format == Format::safetensors) return write_weights(path, policy);
  const Graph graph = policy_graph(policy.config.rules, policy.network, policy.decisions);
  if (format == Format::torchscript) return write_torchscript(path, graph, metadata_of(policy));
  write_onnx(path, graph, metadata_of(policy));
}

Answers answers_of(Graph graph) {
  return [graph = std::move(graph)](const at::Tensor& observation) {
    return evaluate(graph, observation, [](const at::Tensor& like) { return at::randn_like(like); });
  };
}

/// The program's own actions for a team in all matches: float32 [B, 4N]. Samples are drawn by torch's generator, as in
/// exported policies.
at::Tensor own_action(const Simulator& simulator, int team, const ExportedPolicy& policy) {
  const Network& network = policy.network;
  if (policy.decisions == Decisions::mean)
    return network_policy("", network, Decisions::mean).act(side_of(simulator, team)).flatten(1);
  const ActionDistribution distribution = decide(network, observe(simulator, network.options)[team]);
  const at::Tensor drawn = sample(distribution, at::randn_like(distribution.mean));
  const at::Tensor action = action_of(distribution.squash, drawn).reshape({simulator.matches(), -1});
  return team == 1 && rotates_actions_of_b(simulator.rules(), network.options) ? action.neg() : action;
}

/// Where two of `places`, float32 [B, K, 2], are equally far from `point`, [B, 1, 2], up to rounding: bool [B]. Two
/// identical places don't count: they come in the same order everywhere.
at::Tensor nearly_tied(const at::Tensor& places, const at::Tensor& point) {
  constexpr double rounding = 5e-5;  // u
  const auto differences = [](const at::Tensor& x) { return (x.unsqueeze(1) - x.unsqueeze(2)).abs(); };
  const at::Tensor distance = (places - point).to(at::kDouble).square().sum(-1).sqrt();
  const at::Tensor apart = differences(places).sum(-1) > 0.0;
  return (differences(distance) < rounding).logical_and(apart).any(-1).any(-1);
}

/// The matches where rounding decides the order in which a team's players see others: bool [B].
at::Tensor undecided(const Simulator& simulator, int team) {
  const std::int64_t n = simulator.rules().players;
  const at::Tensor places = simulator.state().bodies.narrow(0, 0, 2).permute({2, 1, 0});  // [B, 2N + 1, 2]
  const at::Tensor mates = places.narrow(1, team * n, n);
  const at::Tensor opponents = places.narrow(1, (1 - team) * n, n);
  at::Tensor any = nearly_tied(mates, places.narrow(1, 2 * n, 1));
  for (std::int64_t k = 0; k < n; ++k)
    for (const at::Tensor& others : {mates, opponents})
      any = any.logical_or(nearly_tied(others, mates.narrow(1, k, 1)));
  return any;
}

}  // namespace

Format format_called(const std::string& name) {
  if (name == "safetensors") return Format::safetensors;
  return name == "onnx" ? Format::onnx : Format::torchscript;
}

std::optional<Format> format_of_ending(const std::string& path) {
  const std::string ending = std::filesystem::path(path).extension().string();
  if (ending == ".safetensors") return Format::safetensors;
  if (ending == ".pt") return Format::torchscript;
  if (ending == ".onnx") return Format::onnx;
  return std::nullopt;
}

Answers read_policy(const std::string& path, Format format, Decisions decisions) {
  if (format == Format::torchscript) return read_torchscript(path);
  if (format == Format::onnx) return answers_of(read_onnx(path));
  const Checkpoint checkpoint = read_weights(path, {});
  return answers_of(policy_graph(checkpoint.config.rules, checkpoint.networks.front(), decisions));
}

Agreement compare(const ExportedPolicy& policy, const Answers& answers, std::int64_t observations) {
  constexpr std::int64_t matches = 50;
  constexpr int moments_in_match = 7;
  const Rules& rules = policy.config.rules;
  const at::NoGradGuard no_gradient;
  Simulator simulator(rules, {.matches = matches, .seed = 77});
  const Policy player = network_policy("", policy.network, Decisions::sampled);
  Agreement agreement;
  for (std::uint64_t seed = 1; agreement.compared < observations; ++seed) {
    if (agreement.undecided > observations)
      throw std::runtime_error("rounding decides nearly everywhere which of two players is the nearer");
    for (const int team : {0, 1}) {
      at::manual_seed(seed);
      const at::Tensor theirs = answers(simulator.observe()[team]);
      at::manual_seed(seed);
      const at::Tensor own = own_action(simulator, team, policy);
      if (theirs.sizes() != own.sizes())
        throw std::runtime_error("an exported policy's answer has another shape than the program's");
      at::Tensor off = (theirs - own).abs().amax(1);
      if (policy.network.options.agent == Agent::player) {
        const at::Tensor left_out = undecided(simulator, team).logical_and(off > largest_difference);
        agreement.undecided += left_out.sum().item<std::int64_t>();
        off = off.index({left_out.logical_not()});
      }
      off = off.slice(0, 0, observations - agreement.compared);
      if (off.size(0) == 0) continue;
      agreement.compared += off.size(0);
      const double worst = off.max().item<double>();
      if (std::isnan(worst) || worst > agreement.worst) agreement.worst = worst;  // a NaN stays
    }
    for (int step = 0; step < std::max(1, rules.steps / moments_in_match); ++step) {
      const StepResult result = simulator.step(act(player, player, simulator));
      simulator.reset(result.terminated);
    }
  }
  return agreement;
}

Agreement write_policy(const std::string& path, Format format, const ExportedPolicy& policy) {
  AtomicFile file(path);
  const std::string unproved = file.temporary().string();
  write_unproved(unproved, format, policy);
  const Agreement agreement = compare(policy, read_policy(unproved, format, policy.decisions), observations_compared);
  if (!(agreement.worst <= largest_difference))
    throw std::runtime_error(
        fmt::format("{}: not written: the exported policy's actions are off by {:.1e}, and {:.0e} is allowed", path,
                    agreement.worst, largest_difference));
  file.finish();
  return agreement;
}

}  // namespace matchday
