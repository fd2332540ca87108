#include "policy/network_policy.h"

#include <ATen/ATen.h>

#include "rules/observation.h"
#include "rules/randomness.h"

namespace matchday {

bool rotates_actions_of_b(const Rules& rules, const NetworkOptions& options) {
  return options.agent == Agent::player && !sees_own_side(rules);
}

at::Tensor observe(const Simulator& simulator, const NetworkOptions& options) {
  return options.agent == Agent::player ? simulator.observe_players() : simulator.observe().unsqueeze(2);
}

Drawing drawing_of_kernel(const Rules& rules, const NetworkOptions& options) {
  return {{}, {}, slot_action_noise, options.head == Head::squashed, rotates_actions_of_b(rules, options)};
}

Drawing drawing(const Rules& rules, const NetworkOptions& options, const ActionDistribution& distribution) {
  const std::vector<std::int64_t> by_player{2, distribution.mean.size(1), rules.players, action_size};
  Drawing drawing = drawing_of_kernel(rules, options);
  drawing.squash = distribution.squash == Squash::tanh;
  drawing.mean = distribution.mean.view(by_player);
  drawing.log_std = distribution.log_std.view(by_player);
  return drawing;
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
