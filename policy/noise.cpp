#include "policy/noise.h"

#include <ATen/ATen.h>

#include <numbers>

#include "rules/observation.h"
#include "sim/tensor/philox.h"

namespace matchday {

at::Tensor action_noise(const Simulator& simulator, std::uint32_t first_slot) {
  const std::int64_t players = simulator.rules().players;
  const MatchState& state = simulator.state();
  const at::Tensor u = tensor::uniforms(simulator.seed(), simulator.match_indices(), state.episode, state.clock,
                                        first_slot, 2 * players);  // [4, 2N, B]
  // Box-Muller turns two uniforms into two normals. 1 - u is in (0, 1], so that its logarithm is finite.
  const at::Tensor radius = ((1.0 - u.slice(0, 0, 2)).log() * -2.0).sqrt();
  const at::Tensor angle = u.slice(0, 2, 4) * (2.0 * std::numbers::pi);
  const at::Tensor normals = at::cat({radius * angle.cos(), radius * angle.sin()});
  return normals.view({action_size, 2, players, -1}).permute({1, 3, 2, 0}).contiguous();
}

}  // namespace matchday
