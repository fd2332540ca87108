#include "policy/policy.h"

#include <ATen/ATen.h>

#include "policy/noise.h"
#include "rules/observation.h"
#include "rules/randomness.h"

namespace matchday {

Policy network_policy(std::string name, const TeamNetwork& network, Decisions decisions) {
  return {
      std::move(name), [network = TeamNetwork(network), decisions](const Simulator& simulator, int team) mutable {
        const at::NoGradGuard no_gradient;
        const ActionDistribution distribution = network->forward(simulator.observe()[team]);
        const auto shape = {simulator.matches(), std::int64_t{simulator.rules().players}, std::int64_t{action_size}};
        at::Tensor chosen = distribution.mean;
        if (decisions == Decisions::sampled)
          chosen = sample(distribution, action_noise(simulator, slot_action_noise)[team].view_as(chosen));
        return action_of(distribution.squash, chosen).view(shape);
      }};
}

}  // namespace matchday
