#include "train/rollout.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "policy/network_policy.h"
#include "rules/observation.h"

namespace matchday {
namespace {

Trajectory empty_trajectory(const Simulator& simulator, const NetworkOptions& options, std::int64_t sides,
                            std::int64_t steps) {
  const NetworkShape shape = network_shape(simulator.rules(), options);
  const at::TensorOptions floats = at::TensorOptions(simulator.device()).dtype(at::kFloat);
  return {at::empty({steps, sides, shape.rows, shape.inputs}, floats),
          at::empty({steps, sides, shape.rows, shape.outputs}, floats),
          at::empty({steps, sides, shape.rows}, floats),
          at::empty({steps, simulator.matches()}, floats),
          at::empty({steps, simulator.matches()}, floats.dtype(at::kBool)),
          {},
          at::zeros({}, floats.dtype(at::kLong))};
}

/// Rows that a worker decides at a time.
constexpr std::int64_t rows_of_piece = 640;

/// Both teams' distributions, [2, B, R, K]: the learning networks' and, after them, the opponents'.
ActionDistribution decide_for_all(const Networks& networks, const Opponents& opponents, Workers& workers,
                                  const at::Tensor& observation) {
  const at::Tensor sides = observation.flatten(0, 1);
  const std::int64_t learning = opponents.learning_sides();
  const std::int64_t others = sides.size(0) - learning;
  // Workers share a network's sides; on a GPU, and where two networks learn, one decides for all.
  const bool whole = !sides.is_cpu() || networks.size() > 1;
  const std::int64_t piece = whole ? learning : std::max<std::int64_t>(rows_of_piece / sides.size(1), 1);
  const std::int64_t pieces = (learning + piece - 1) / piece;
  const std::int64_t with_others = pieces + (others > 0 ? 1 : 0);
  std::vector<at::Tensor> means(static_cast<std::size_t>(with_others));
  std::vector<at::Tensor> log_stds(means.size());
  Squash squash = Squash::none;
  workers.share_out(with_others, [&](std::int64_t k) {
    const at::NoGradGuard no_gradient;
    const std::int64_t first = k * piece;
    const ActionDistribution own = k == pieces
                                       ? opponents.decide(sides.narrow(0, learning, others))
                                       : decide(networks, sides.narrow(0, first, std::min(piece, learning - first)));
    means[static_cast<std::size_t>(k)] = own.mean;
    log_stds[static_cast<std::size_t>(k)] = own.log_std;
    if (k == 0) squash = own.squash;
  });
  const auto of_teams = [](const std::vector<at::Tensor>& of_pieces) {
    return at::cat(of_pieces).view({2, -1, of_pieces[0].size(1), of_pieces[0].size(2)});
  };
  return {squash, of_teams(means), of_teams(log_stds)};
}

}  // namespace

ActionDistribution decide(const Networks& networks, const at::Tensor& observation) {
  if (networks.size() == 1) return decide(networks[0], observation);
  const std::int64_t half = observation.size(-3) / 2;
  const ActionDistribution a = decide(networks[0], observation.narrow(-3, 0, half));
  const ActionDistribution b = decide(networks[1], observation.narrow(-3, half, half));
  return {a.squash, at::cat({a.mean, b.mean}, -3), at::cat({a.log_std, b.log_std}, -3)};
}

Trajectory rollout(Simulator& simulator, const Networks& networks, Opponents& opponents, Workers& workers,
                   const RolloutOptions& options) {
  const at::NoGradGuard no_gradient;
  const NetworkOptions& network = networks[0].options;
  const std::int64_t learning = opponents.learning_sides();
  const auto of_learners = [&](const at::Tensor& of_all) { return of_all.flatten(0, 1).narrow(0, 0, learning); };
  Trajectory trajectory = empty_trajectory(simulator, network, learning, options.steps);
  at::Tensor observation = observe(simulator, network);
  for (std::int64_t t = 0; t < options.steps; ++t) {
    const DrawnActions drawn = draw(simulator, network, decide_for_all(networks, opponents, workers, observation));
    opponents.act(simulator, drawn.action);
    trajectory.observation[t].copy_(of_learners(observation));
    trajectory.pre_squash[t].copy_(of_learners(drawn.pre_squash));
    trajectory.log_prob[t].copy_(of_learners(drawn.log_prob));
    trajectory.goals -= simulator.state().score.sum();
    simulator.step(drawn.action, options.shaping, {trajectory.reward[t], trajectory.terminated[t]});
    trajectory.goals += simulator.state().score.sum();
    opponents.count(simulator, trajectory.terminated[t]);
    if (options.next_match_at_once) simulator.reset(trajectory.terminated[t]);
    observation = observe(simulator, network);
  }
  trajectory.last_observation = of_learners(observation);
  return trajectory;
}

}  // namespace matchday
