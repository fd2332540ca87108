#include "sim/match_state.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>

namespace matchday {

MatchState empty_state(std::int64_t players, std::int64_t matches, at::Device device) {
  constexpr std::int64_t line = 16;  // floats in a cache line
  const std::int64_t stride = (((matches + line - 1) / line) | 1) * line;
  const at::TensorOptions numbers(device);
  const at::TensorOptions counts = numbers.dtype(at::kInt);
  return {at::empty({4, 2 * players + 1, stride}, numbers).narrow(2, 0, matches), at::empty({2, matches}, counts),
          at::empty({matches}, counts), at::empty({matches}, counts), at::empty({matches}, numbers)};
}

std::optional<std::string> problem(const MatchState& state, const Rules& rules) {
  struct Range {
    const char* name;
    at::Tensor numbers;
    double lowest;
    double highest;
  };
  const double far = 2.0 * std::max(rules.half_length, rules.half_width);  // a goal's net included
  constexpr double fast = 1e9;  // u/step: footyai-v1 adds up kicks and has no friction
  constexpr double most_episodes = 2e9;
  const double steps = rules.steps;
  for (const auto& [name, numbers, lowest, highest] :
       {Range{"bodies (places)", state.bodies.narrow(0, row_x, 2), -far, far},
        Range{"bodies (velocities)", state.bodies.narrow(0, row_vx, 2), -fast, fast},
        Range{"score", state.score, 0.0, steps}, Range{"clock", state.clock, 0.0, steps},
        Range{"episode", state.episode, 0.0, most_episodes}, Range{"potential", state.potential, -fast, fast}})
    if (!numbers.ge(lowest).logical_and(numbers.le(highest)).all().item<bool>())
      return fmt::format("{} holds numbers outside {:g} to {:g}", name, lowest, highest);
  return std::nullopt;
}

void overwrite(const MatchState& state, const MatchState& next) {
  state.bodies.copy_(next.bodies);
  state.score.copy_(next.score);
  state.clock.copy_(next.clock);
  state.episode.copy_(next.episode);
  state.potential.copy_(next.potential);
}

}  // namespace matchday
