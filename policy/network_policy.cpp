#include "policy/network_policy.h"

#include <ATen/ATen.h>

#include "policy/bots.h"
#include "rules/observation.h"
#include "rules/randomness.h"

namespace matchday {

bool rotates_actions_of_b(const Rules& rules, const NetworkOptions& options) {
  return options.agent == "player" && !sees_own_side(rules);
}

at::Tensor observe(const Simulator& simulator, const NetworkOptions& options) {
  return options.agent == "player" ? simulator.observe_players() : simulator.observe().unsqueeze(2);
}

DrawnActions draw(const Simulator& simulator, const NetworkOptions& options, const ActionDistribution& distribution) {
  const bool squash = distribution.squash == Squash::tanh;
  const std::vector<std::int64_t> by_player{2, simulator.matches(), simulator.rules().players, action_size};
  DrawnActions drawn;
  if (simulator.backend() == Backend::native) {
    const native::SampledActions sampled =
        native::sample_actions(simulator.native_setup(), simulator.state(), distribution.mean.view(by_player),
                               distribution.log_std.contiguous().view(by_player), slot_action_noise, squash);
    drawn = {sampled.pre_squash.view_as(distribution.mean), sampled.action, sampled.log_prob};
  } else {
    drawn.pre_squash = sample(distribution, simulator.noise(slot_action_noise).view_as(distribution.mean));
    // A copy: without a squash it would be the sample's own tensor, and actions are changed in place.
    drawn.action = action_of(distribution.squash, drawn.pre_squash).clone().view(by_player);
    drawn.log_prob = log_prob(distribution, drawn.pre_squash).view(by_player).sum(-1);
  }
  if (rotates_actions_of_b(simulator.rules(), options)) drawn.action[1].neg_();
  return drawn;
}

void rollout_step(Simulator& simulator, const NetworkOptions& options, const ActionDistribution& distribution,
                  const RolloutStepOptions& options_of_step, const native::RolloutStep& into) {
  if (simulator.backend() == Backend::native) {
    native::RolloutStep by_match = into;
    if (options.agent == "team") by_match.observation = into.observation.squeeze(2);
    const std::vector<std::int64_t> by_player{2, simulator.matches(), simulator.rules().players, action_size};
    native::rollout_step(
        simulator.native_setup(), simulator.state(),
        {distribution.mean.view(by_player), distribution.log_std.view(by_player), slot_action_noise,
         distribution.squash == Squash::tanh, rotates_actions_of_b(simulator.rules(), options), options_of_step.bots},
        options_of_step.shaping, options_of_step.autoreset, simulator.nonfinite_actions(), by_match);
    return;
  }
  const DrawnActions drawn = draw(simulator, options, distribution);
  if (options_of_step.bots.defined()) bot_actions(simulator, options_of_step.bots, drawn.action);
  into.pre_squash.copy_(drawn.pre_squash.view_as(into.pre_squash));
  into.action.copy_(drawn.action);
  into.log_prob.copy_(drawn.log_prob);
  simulator.step(drawn.action, options_of_step.shaping, {into.reward, into.terminated});
  into.score.copy_(simulator.state().score);
  if (options_of_step.autoreset) simulator.reset(into.terminated);
  into.observation.copy_(observe(simulator, options));
}

Policy network_policy(std::string name, const Network& network, Decisions decisions) {
  return {std::move(name), [network, decisions](const Side& side) {
            const at::NoGradGuard no_gradient;
            const auto own = [&](const at::Tensor& of_both) {
              return of_both[side.team].narrow(0, side.first, side.count);
            };
            const ActionDistribution distribution = decide(network, own(observe(side.simulator, network.options)));
            at::Tensor chosen = distribution.mean;
            if (decisions == Decisions::sampled)
              chosen = sample(distribution, own(side.simulator.noise(slot_action_noise)).reshape_as(chosen));
            const at::Tensor action =
                action_of(distribution.squash, chosen)
                    .view({side.count, std::int64_t{side.simulator.rules().players}, std::int64_t{action_size}});
            return side.team == 1 && rotates_actions_of_b(side.simulator.rules(), network.options) ? action.neg()
                                                                                                   : action;
          }};
}

Policy team_policy(const std::string& name, const std::vector<Network>& networks, Decisions decisions) {
  if (networks.size() == 1) return network_policy(name, networks[0], decisions);
  const Policy sides[] = {network_policy(name, networks[0], decisions), network_policy(name, networks[1], decisions)};
  return {name, [a = sides[0], b = sides[1]](const Side& side) { return (side.team == 0 ? a : b).act(side); }};
}

}  // namespace matchday
