#include "sim/tensor/fixture.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <vector>

#include "rules/formations.h"

namespace matchday::tensor {
namespace {

at::Tensor areas(const Rules& rules, bool kicks_off, at::Device device) {
  std::vector<float> numbers;
  for (int k = 0; k < 4; ++k)
    for (int i = 0; i < rules.players; ++i) {
      const StartArea area = start_area(rules, kicks_off, i);
      const float of_player[] = {area.centre.x, area.centre.y, area.spread.x, area.spread.y};
      numbers.push_back(of_player[k]);
    }
  return at::tensor(numbers).view({4, rules.players, 1}).to(device);
}

void tabulate_pairs(Fixture& fixture, at::Device device) {
  const std::int64_t n = fixture.rules.players;
  const std::int64_t pairs = n * (2 * n - 1);
  std::vector<std::int64_t> first;
  std::vector<std::int64_t> second;
  std::vector<std::int64_t> pair_of(static_cast<std::size_t>(4 * n * n));
  for (std::int64_t i = 0; i < 2 * n; ++i)
    for (std::int64_t j = i + 1; j < 2 * n; ++j) {
      pair_of[static_cast<std::size_t>(i * 2 * n + j)] = static_cast<std::int64_t>(first.size());
      first.push_back(i);
      second.push_back(j);
    }
  std::vector<std::int64_t> pushes;
  for (std::int64_t side = 0; side < 2; ++side)
    for (std::int64_t k = 0; k < n; ++k)
      for (std::int64_t player = 0; player < 2 * n; ++player) {
        const std::int64_t own_team = player / n;
        const std::int64_t other = (own_team ^ side) * n + k;
        const std::int64_t pair =
            pair_of[static_cast<std::size_t>(std::min(player, other) * 2 * n + std::max(player, other))];
        pushes.push_back(player == other ? 2 * pairs : pair + (player < other ? 0 : pairs));
      }
  fixture.pair_first = at::tensor(first).to(device);
  fixture.pair_second = at::tensor(second).to(device);
  fixture.pushes_on_player = at::tensor(pushes).to(device);
}

}  // namespace

Fixture make_fixture(const Rules& rules, std::uint64_t seed, const at::Tensor& match) {
  Fixture fixture;
  fixture.rules = rules;
  fixture.seed = seed;
  fixture.match = match;
  fixture.pitch_limit = at::tensor({rules.half_length, rules.half_width}).view({2, 1}).to(match.device());
  fixture.waiting_areas = areas(rules, false, match.device());
  fixture.kick_off_areas = areas(rules, true, match.device());
  tabulate_pairs(fixture, match.device());
  return fixture;
}

}  // namespace matchday::tensor
