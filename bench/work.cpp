#include "bench/work.h"

#include <ATen/ATen.h>

#include "bench/counted.h"
#include "bench/random_play.h"
#include "kernels/games.h"
#include "kernels/step.h"
#include "rules/observation.h"

namespace matchday::bench {
namespace {

double bytes_of_step(const Rules& rules) {
  const int bodies = 4 * (2 * rules.players + 1);  // numbers
  const int board = 2 + 1 + 1;                     // score, clock, potential
  const int action = 2 * rules.players * action_size;
  const int observation = 2 * observation_size(rules);
  constexpr int terminated = 1;
  return 4.0 * (2 * (bodies + board) + action + observation + 1) + terminated;
}

}  // namespace

StepWork work_of_step(const Rules& rules) {
  using kernels::Counted;
  constexpr std::int64_t matches = 64;
  Simulator simulator(rules, {.matches = matches, .seed = 1});
  const RandomPlay play(simulator);
  const MatchState state = clone(simulator.state());
  const at::Tensor reward = at::empty({matches});
  const at::Tensor terminated = at::empty({matches}, at::kBool);
  const at::Tensor nonfinite_actions = at::zeros({}, at::kLong);
  const at::Tensor shaping = at::ones({});
  float observed = 0.0F;
  const kernels::MatchArrays arrays{matches,
                                    matches,
                                    matches,
                                    state.bodies.data_ptr<float>(),
                                    state.score.data_ptr<std::int32_t>(),
                                    state.clock.data_ptr<std::int32_t>(),
                                    state.episode.data_ptr<std::int32_t>(),
                                    state.potential.data_ptr<float>(),
                                    simulator.match_indices().const_data_ptr<std::int64_t>()};
  const kernels::MatchConstants constants = kernels::match_constants(rules, simulator.seed());
  Counted::count = {};
  for (int t = 0; t < rules.steps; ++t) {
    const at::Tensor action = play.action(t);
    const kernels::StepArrays step{
        action.const_data_ptr<float>(), shaping.const_data_ptr<float>(), &observed,
        reward.data_ptr<float>(),       terminated.data_ptr<bool>(),     nonfinite_actions.data_ptr<std::int64_t>()};
    kernels::with_game(rules, [&]<Game game, int players>() {
      for (std::int64_t b = 0; b < matches; ++b)
        kernels::step<game, Counted, players>(constants, arrays, step, b, [&](const auto& match, const auto& board) {
          kernels::observe<game>(rules, match, board, [&](int, int, Counted number) { observed = number.value; });
        });
    });
  }
  const double match_steps = static_cast<double>(matches) * rules.steps;
  return {bytes_of_step(rules), static_cast<double>(Counted::count.simple) / match_steps,
          static_cast<double>(Counted::count.division) / match_steps};
}

}  // namespace matchday::bench
