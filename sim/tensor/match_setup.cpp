#include "sim/tensor/match_setup.h"

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

/// Row numbers for Pairs::pushes_on_player. number_of_pair[i * 2N + j]: the pair of players i < j; pairs: K.
std::vector<std::int64_t> pushes_on_player(std::int64_t n, const std::vector<std::int64_t>& number_of_pair,
                                           std::int64_t pairs) {
  std::vector<std::int64_t> rows;
  for (std::int64_t side = 0; side < 2; ++side)
    for (std::int64_t k = 0; k < n; ++k)
      for (std::int64_t player = 0; player < 2 * n; ++player) {
        const std::int64_t other = ((player / n) ^ side) * n + k;
        const std::int64_t pair =
            number_of_pair[static_cast<std::size_t>(std::min(player, other) * 2 * n + std::max(player, other))];
        rows.push_back(player == other ? 2 * pairs : pair + (player < other ? 0 : pairs));
      }
  return rows;
}

Pairs make_pairs(const Rules& rules, at::Device device) {
  const std::int64_t n = rules.players;
  const float masses = rules.player_mass + rules.ball_mass;
  std::vector<std::int64_t> first;
  std::vector<std::int64_t> second;
  std::vector<float> numbers;  // for each pair: reach, squared reach, bounce, shares of first and second
  std::vector<std::int64_t> number_of_pair(static_cast<std::size_t>(4 * n * n));
  const auto add = [&](std::int64_t i, std::int64_t j, float reach, float restitution, float share_i, float share_j) {
    first.push_back(i);
    second.push_back(j);
    numbers.insert(numbers.end(), {reach, reach * reach, 1.0F + restitution, share_i, share_j});
  };
  for (std::int64_t i = 0; i < 2 * n; ++i)
    for (std::int64_t j = i + 1; j < 2 * n; ++j) {
      number_of_pair[static_cast<std::size_t>(i * 2 * n + j)] = static_cast<std::int64_t>(first.size());
      add(i, j, rules.player_radius + rules.player_radius, rules.restitution_players, 0.5F, 0.5F);
    }
  const auto with_ball = static_cast<std::int64_t>(first.size());
  for (std::int64_t i = 0; i < 2 * n; ++i)
    add(i, 2 * n, rules.player_radius + rules.ball_radius, rules.restitution_player_ball, rules.ball_mass / masses,
        rules.player_mass / masses);

  const auto pairs = static_cast<std::int64_t>(first.size());
  const at::Tensor columns = at::tensor(numbers).view({pairs, 5}).to(device);
  const auto column = [&](std::int64_t k) { return columns.narrow(1, k, 1).contiguous(); };
  return {at::tensor(first).to(device),
          at::tensor(second).to(device),
          with_ball,
          column(0),
          column(1),
          column(2),
          column(3),
          column(4),
          at::tensor(pushes_on_player(n, number_of_pair, pairs)).to(device)};
}

}  // namespace

MatchSetup make_setup(const Rules& rules, std::uint64_t seed, const at::Tensor& match) {
  MatchSetup setup;
  setup.rules = rules;
  setup.seed = seed;
  setup.match = match;
  setup.ball_keep = ball_keep_per_substep(rules);
  setup.pitch_limit = at::tensor({rules.half_length, rules.half_width}).view({2, 1}).to(match.device());
  setup.post = at::tensor({rules.half_length, rules.goal_half_width}).view({2, 1}).to(match.device());
  setup.waiting_areas = areas(rules, false, match.device());
  setup.kick_off_areas = areas(rules, true, match.device());
  setup.pairs = make_pairs(rules, match.device());
  return setup;
}

}  // namespace matchday::tensor
