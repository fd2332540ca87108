// Where everybody stands at the start of a match and at a kick-off.
#include <ATen/ATen.h>

#include "rules/randomness.h"
#include "sim/tensor/games.h"
#include "sim/tensor/philox.h"

namespace matchday::tensor {
namespace {

/// A team's positions in its own view, float32 [2, N, B]: each player in its area, at a point set by the noise.
/// noise: uniform in [0, 1), float32 [2, N, B].
at::Tensor places(const at::Tensor& areas, const at::Tensor& noise) {
  return areas.narrow(0, 0, 2) + areas.narrow(0, 2, 2) * (noise * 2.0 - 1.0);
}

/// Noise for the x and y of two teams: float32 [2, 2N, B].
at::Tensor place_noise(const MatchSetup& setup, const at::Tensor& episode, const at::Tensor& clock) {
  return uniforms(setup.seed, setup.match, episode, clock, slot_start_noise, 2 * setup.rules.players).narrow(0, 0, 2);
}

/// Bodies at rest: A's and B's players at places given in their own views, the ball at the centre.
at::Tensor at_rest(const at::Tensor& own_a, const at::Tensor& own_b) {
  const at::Tensor ball = at::zeros({2, 1, own_a.size(2)}, own_a.options());
  const at::Tensor position = at::cat({own_a, 0.0 - own_b, ball}, 1);
  return at::cat({position, at::zeros_like(position)});
}

}  // namespace

at::Tensor starting_bodies(const MatchSetup& setup, const at::Tensor& episode, const at::Tensor& clock) {
  const std::int64_t n = setup.rules.players;
  const at::Tensor noise = place_noise(setup, episode, clock);
  return at_rest(places(setup.waiting_areas, noise.narrow(1, 0, n)),
                 places(setup.waiting_areas, noise.narrow(1, n, n)));
}

at::Tensor kick_off_bodies(const MatchSetup& setup, const MatchState& state, const at::Tensor& a_scored) {
  const std::int64_t n = setup.rules.players;
  const at::Tensor noise = place_noise(setup, state.episode, state.clock);
  const at::Tensor scorer = places(setup.waiting_areas, noise.narrow(1, 0, n));
  const at::Tensor conceder = places(setup.kick_off_areas, noise.narrow(1, n, n));
  return at_rest(at::where(a_scored, scorer, conceder), at::where(a_scored, conceder, scorer));
}

}  // namespace matchday::tensor
