#include "policy/network_policy.h"

#include <ATen/ATen.h>

#include "rules/observation.h"
#include "rules/randomness.h"

namespace matchday {

DrawnActions draw(const Simulator& simulator, const ActionDistribution& distribution) {
  const bool squash = distribution.squash == Squash::tanh;
  const std::vector<std::int64_t> by_player{2, simulator.matches(), simulator.rules().players, action_size};
  if (simulator.backend() == Backend::native) {
    const native::SampledActions drawn =
        native::sample_actions(simulator.native_fixture(), simulator.state(), distribution.mean.view(by_player),
                               distribution.log_std.view(by_player), slot_action_noise, squash);
    return {drawn.pre_squash.view_as(distribution.mean), drawn.action, drawn.log_prob};
  }
  const at::Tensor drawn = sample(distribution, simulator.noise(slot_action_noise).view_as(distribution.mean));
  return {drawn, action_of(distribution.squash, drawn).view(by_player),
          log_prob(distribution, drawn).view(by_player).sum(-1)};
}

Policy network_policy(std::string name, const TeamNetwork& network, Decisions decisions) {
  return {std::move(name), [network = TeamNetwork(network), decisions](const Side& side) mutable {
            const at::NoGradGuard no_gradient;
            const auto own = [&](const at::Tensor& of_both) {
              return of_both[side.team].narrow(0, side.first, side.count);
            };
            const ActionDistribution distribution = network->forward(own(side.simulator.observe()));
            at::Tensor chosen = distribution.mean;
            if (decisions == Decisions::sampled)
              chosen = sample(distribution, own(side.simulator.noise(slot_action_noise)).reshape_as(chosen));
            return action_of(distribution.squash, chosen)
                .view({side.count, std::int64_t{side.simulator.rules().players}, std::int64_t{action_size}});
          }};
}

}  // namespace matchday
