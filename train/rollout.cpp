#include "train/rollout.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "policy/network_policy.h"
#include "policy/packed_network.h"
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

/// Who decides in a rollout: the learning networks, packed where the CPU's kernels compute them, and the opponents.
struct Deciders {
  const Networks& networks;
  const Opponents& opponents;
  std::vector<PackedNetwork> packed;

  Deciders(const Networks& of_learners, const Opponents& of_others) : networks(of_learners), opponents(of_others) {
    for (const Network& network : networks)
      if (can_be_packed(network)) packed.emplace_back(network);
  }

  /// Both teams' distributions, [2, B, R, K]: the learning networks' and, after them, the opponents'.
  ActionDistribution decide_for_all(const at::Tensor& observation, Workers& workers) const {
    const at::Tensor sides = observation.flatten(0, 1);
    const std::int64_t learning = opponents.learning_sides();
    const std::int64_t others = sides.size(0) - learning;
    const std::int64_t of_network = learning / static_cast<std::int64_t>(networks.size());
    // Workers share a network's sides; on a GPU one piece is all of them.
    const std::int64_t piece = packed.empty() ? of_network : std::max<std::int64_t>(rows_of_piece / sides.size(1), 1);
    const std::int64_t of_one = (of_network + piece - 1) / piece;
    const std::int64_t pieces = of_one * static_cast<std::int64_t>(networks.size());
    const std::int64_t outputs = networks[0].mean.bias.size(0);
    ActionDistribution all{Squash::none, at::empty({sides.size(0), sides.size(1), outputs}, sides.options()), {}};
    all.log_std = at::empty_like(all.mean);
    if (networks[0].options.head == "squashed") all.squash = Squash::tanh;
    workers.share_out(pieces + (others > 0 ? 1 : 0), [&](std::int64_t k) {
      const at::NoGradGuard no_gradient;
      const std::size_t n = static_cast<std::size_t>(k / of_one);
      const std::int64_t first =
          k == pieces ? learning : static_cast<std::int64_t>(n) * of_network + k % of_one * piece;
      const std::int64_t count = k == pieces ? others : std::min(piece, of_network - k % of_one * piece);
      const at::Tensor seen = sides.narrow(0, first, count);
      const ActionDistribution own = k == pieces      ? opponents.decide(seen)
                                     : packed.empty() ? decide(networks[n], seen)
                                                      : packed[n].decide(seen);
      all.mean.narrow(0, first, count).copy_(own.mean);
      all.log_std.narrow(0, first, count).copy_(own.log_std);
    });
    const std::vector<std::int64_t> by_team{2, observation.size(1), observation.size(2), outputs};
    return {all.squash, all.mean.view(by_team), all.log_std.view(by_team)};
  }
};

}  // namespace

Trajectory rollout(Simulator& simulator, const Networks& networks, Opponents& opponents, Workers& workers,
                   const RolloutOptions& options) {
  const at::NoGradGuard no_gradient;
  const NetworkOptions& network = networks[0].options;
  const std::int64_t learning = opponents.learning_sides();
  const auto of_learners = [&](const at::Tensor& of_all) { return of_all.flatten(0, 1).narrow(0, 0, learning); };
  Trajectory trajectory = empty_trajectory(simulator, network, learning, options.steps);
  const Deciders deciders(networks, opponents);
  at::Tensor observation = observe(simulator, network);
  for (std::int64_t t = 0; t < options.steps; ++t) {
    const DrawnActions drawn = draw(simulator, network, deciders.decide_for_all(observation, workers));
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
