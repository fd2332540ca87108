// Named states to start from, and helpers shared by the tests of the rules.
#pragma once

#include <ATen/core/Tensor.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "rules/presets.h"
#include "sim/match_state.h"
#include "sim/reference/core.h"

namespace matchday {

struct Scenario {
  std::string name;
  reference::GameState state;
};

/// States in which rules go wrong first: the ball on posts, lines, corners and in fast flight, with the players lined
/// up, huddled around it or all in one spot. Successive states lie in the four quarters of the pitch in turn.
std::vector<Scenario> scenarios(const Rules& rules);

/// More such states, one per number: bodies scattered over a grid of half units, so coincident centres, exact touches,
/// equal distances and bodies on lines are common.
reference::GameState scattered(const Rules& rules, std::uint32_t number);

/// All of `scenarios` and `strewn` scattered states, with keys of matches 0, 1, 2...
std::vector<reference::GameState> adversarial_states(const Rules& rules, std::uint32_t strewn);

/// All players' actions in a step of check_equivalence's mixture: float32 [2, B, N, 4].
at::Tensor mixed_actions(const Rules& rules, const std::vector<reference::GameState>& games, std::int64_t step);

/// The preset's rules with that many players in a team.
Rules preset_with(std::string_view name, int players);

/// Playable rules that differ from all presets: settings halved, doubled, at the ends of their ranges.
std::vector<Rules> odd_rules(int count);

/// Arena's rules without drag and speed cap, which hide the laws of motion.
Rules frictionless(int players);

/// One a side: A's player, B's player and the ball.
reference::GameState duel(reference::Body a, reference::Body b, reference::Body ball);

/// Two players out of the way.
inline constexpr reference::Body parked_a{{-8.0F, -22.0F}, {}};
inline constexpr reference::Body parked_b{{-8.0F, 22.0F}, {}};
inline reference::GameState ball_alone(reference::Body ball) { return duel(parked_a, parked_b, ball); }

inline double inner(reference::Vec a, reference::Vec b) { return double{a.x} * b.x + double{a.y} * b.y; }
inline double length(reference::Vec v) { return std::sqrt(inner(v, v)); }

/// Uniform in [low, high), the same on every machine.
inline float uniform(std::mt19937& generator, float low, float high) {
  return low + (high - low) * static_cast<float>(generator() >> 8) * 0x1p-24F;
}

bool same_bits(const at::Tensor& a, const at::Tensor& b);

/// The first field whose bits differ, or "".
std::string difference(const MatchState& a, const MatchState& b);

}  // namespace matchday
