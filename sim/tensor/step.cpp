#include <ATen/ATen.h>

#include "rules/observation.h"
#include "sim/tensor/games.h"

namespace matchday::tensor {
namespace {

/// Shortens vectors to length 1 at most; divides by the larger component first, so that no length overflows.
/// x, y: [...]; returns both, stacked in front.
at::Tensor clipped_into_unit_disc(const at::Tensor& x, const at::Tensor& y) {
  const at::Tensor larger = at::maximum(x.abs(), y.abs()).clamp_min_(1.0);
  const at::Tensor scaled_x = x / larger;
  const at::Tensor scaled_y = y / larger;
  const at::Tensor length = exact_sqrt(scaled_x * scaled_x + scaled_y * scaled_y).clamp_min_(1.0);
  const at::Tensor per_length = length.reciprocal_();
  return at::stack({scaled_x * per_length, scaled_y * per_length});
}

/// Players' actions as played, seen from above: non-finite numbers become 0, bounds are applied, B's view is rotated.
/// action [2, B, N, 4] -> [4, 2N, B].
at::Tensor allowed(const Rules& rules, const at::Tensor& action, const at::Tensor& nonfinite_actions) {
  const std::int64_t n = rules.players;
  at::Tensor act = action.permute({3, 0, 2, 1}).reshape({action_size, 2 * n, -1});
  const at::Tensor finite = act.isfinite();
  nonfinite_actions.add_(finite.logical_not().sum());
  act = at::where(finite, act, 0.0F).add_(0.0);  // -0 becomes +0: mirrored matches then agree in every bit
  act = traits_of(rules.game).unit_actions
            ? at::cat({clipped_into_unit_disc(act[0], act[1]), clipped_into_unit_disc(act[2], act[3])})
            : act.clamp(-footyai_action_bound, footyai_action_bound);
  if (!sees_own_side(rules)) return act;
  return at::cat({act.narrow(1, 0, n), 0.0 - act.narrow(1, n, n)}, 1);
}

}  // namespace

at::Tensor exact_sqrt(const at::Tensor& squared) {
  return squared.is_cpu() ? squared.to(at::kDouble).sqrt_().to(at::kFloat) : squared.sqrt();
}

at::Tensor sum_in_order(const at::Tensor& terms, std::int64_t dim) {
  at::Tensor sum = terms.select(dim, 0) + 0.0;
  for (std::int64_t i = 1; i < terms.size(dim); ++i) sum += terms.select(dim, i);
  return sum;
}

MatchState start(const MatchSetup& setup, const at::Tensor& episode) {
  const Rules& rules = setup.rules;
  MatchState state;
  state.clock = at::zeros_like(episode);
  state.episode = episode;
  state.score = at::zeros({2, episode.size(0)}, episode.options());
  state.bodies = starting_bodies(setup, episode, state.clock);
  state.potential = rules.game == Game::arena ? arena_potential(rules, state.bodies)
                                              : mean_potential(rules, state.bodies, state.bodies);
  return state;
}

StepResult step(const MatchSetup& setup, MatchState& state, const at::Tensor& action, const at::Tensor& shaping,
                const at::Tensor& nonfinite_actions) {
  const at::Tensor act = allowed(setup.rules, action, nonfinite_actions);
  StepResult result{};
  switch (setup.rules.game) {
    case Game::footyai_v1:
      result.reward = step_footyai_v1(setup, state, act, shaping);
      break;
    case Game::footyai_v2:
      result.reward = step_footyai_v2(setup, state, act, shaping);
      break;
    case Game::arena:
      result.reward = step_arena(setup, state, act, shaping);
      break;
  }
  result.terminated = state.clock >= setup.rules.steps;
  return result;
}

}  // namespace matchday::tensor
