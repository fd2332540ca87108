#include "train/fused_rollout.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <iterator>

#include "policy/network_policy.h"

namespace matchday {
namespace {

/// All 2B sides of a step of a trajectory's tensor, [T, L, ...] -> [2B, ...]; also of the step after the last one.
at::Tensor all_sides(const at::Tensor& of_trajectory, std::int64_t step, std::int64_t matches) {
  std::vector<std::int64_t> sizes = of_trajectory.sizes().slice(1).vec();
  sizes[0] = 2 * matches;
  return of_trajectory.as_strided(sizes, of_trajectory.strides().slice(1),
                                  of_trajectory.storage_offset() + step * of_trajectory.stride(0));
}

}  // namespace

FusedRollout::FusedRollout(Simulator& simulator, const Opponents& opponents, const NetworkOptions& network,
                           const RolloutOptions& options, const NetworkShape& shape)
    : simulator_(simulator),
      opponents_(opponents),
      network_(network),
      options_(options),
      shape_(shape),
      trajectory_(empty_trajectory(options, shape, simulator.matches(), opponents.learning_sides(), simulator.device(),
                                   2 * simulator.matches())) {
  const std::int64_t matches = simulator.matches();
  const at::TensorOptions floats = at::TensorOptions(simulator.device()).dtype(at::kFloat);
  action_ = at::zeros({2, matches, simulator.rules().players, action_size}, floats);
  if (options.teacher != Bot::nobody) {
    teachers_ = at::full({2, matches}, static_cast<int>(Bot::nobody), floats.dtype(at::kInt));
    teachers_.view({-1}).narrow(0, 0, opponents.learning_sides()).fill_(static_cast<int>(options.teacher));
  }
}

std::vector<operators::ForwardTask> FusedRollout::tasks(const Networks& networks) const {
  const std::int64_t matches = simulator_.matches();
  std::vector<operators::ForwardTask> all;
  const auto add = [&](const Network& network, bool critic, std::int64_t first_side, std::int64_t sides) {
    all.push_back({network.flat, critic, first_side * shape_.rows, sides * shape_.rows});
  };
  const std::int64_t learning = options_.independent_teams ? matches : opponents_.learning_sides();
  for (const bool critic : {false, true})
    for (std::size_t k = 0; (!critic || options_.predict_values) && k < networks.size(); ++k)
      add(networks[k], critic, static_cast<std::int64_t>(k) * matches, learning);
  for (const OpponentRange& range : opponents_.ranges())
    if (range.member != nullptr) add(*range.member, false, matches + range.matches.first, range.matches.count);
  return all;
}

void FusedRollout::collect(const operators::FusedNetwork& network, const Networks& networks, const at::Tensor& shaping,
                           bool teaches) const {
  const std::int64_t matches = simulator_.matches();
  const Rules& rules = simulator_.rules();
  const std::vector<operators::ForwardTask> all = tasks(networks);
  const std::vector<std::int64_t> by_player{2, matches, rules.players, action_size};
  const RolloutStepOptions options{opponents_.bots(), shaping, options_.autoreset};
  const MatchState& state = simulator_.state();
  const Drawing drawn = drawing_of_kernel(rules, network_);
  const auto seen = [&](std::int64_t step) { return all_sides(trajectory_.observation, step, matches); };
  const auto values = [&](std::int64_t step) {
    return options_.predict_values ? all_sides(trajectory_.values, step, matches) : at::Tensor();
  };

  seen(0).copy_(observe(simulator_, network_).flatten(0, 1));
  for (std::int64_t t = 0; t < options_.steps; ++t) {
    // 1. All networks decide and draw, and the critics predict.
    network_forward(network, all, seen(t), {.value = values(t)},
                    operators::ForwardDraws{
                        {simulator_.seed(), rules.players, simulator_.match_indices(), state.episode, state.clock},
                        drawn,
                        all_sides(trajectory_.pre_squash, t, matches).view(by_player),
                        action_,
                        all_sides(trajectory_.log_prob, t, matches)});
    if (teaches) simulator_.bot_actions(teachers_, all_sides(trajectory_.teacher, t, matches).view(by_player));

    // 2. Bots move, the matches go on, and what is seen next comes to its place in the next step.
    const at::Tensor next = seen(t + 1);
    simulator_.rollout_step(
        drawn, options,
        {{},
         action_,
         {},
         trajectory_.reward[t],
         trajectory_.terminated[t],
         trajectory_.score[t],
         network_.agent == Agent::team ? next.view({2, matches, -1}) : next.view({2, matches, shape_.rows, -1})});
  }
  if (options_.predict_values) {
    std::vector<operators::ForwardTask> critics;
    std::copy_if(all.begin(), all.end(), std::back_inserter(critics), [](const auto& task) { return task.critic; });
    network_forward(network, critics, seen(options_.steps), {.value = values(options_.steps)});
  }
}

}  // namespace matchday
