// Matches on the device as the tests play them: what a launch is asked for, and the arrays that it takes.
#pragma once

#include <array>

#include "arrays.h"
#include "kernels/match.h"
#include "kernels/observe_player.h"
#include "kernels/team_sizes.h"
#include "rules/observation.h"
#include "rules/randomness.h"

namespace matchday::ptx {

/// The numbers of players a side whose kernels were translated.
inline constexpr auto translated_team_sizes = []<int... sizes>(std::integer_sequence<int, sizes...>) {
  return std::array{sizes...};
}
(kernels::TeamSizes{});

/// How matches are played.
struct Play {
  Rules rules;
  std::int64_t matches;
  int steps;
  bool sampled;  ///< actions are drawn by the kernel
  bool squash;
  bool rotate_b;
  std::int64_t with_bots;  ///< last matches in which a bot moves B
  bool at_once;            ///< the next match starts in the same launch
  bool observed;
  bool scored;
  std::int64_t gap;  ///< numbers between the rows of bodies
};

inline Arrays arrays_of(const Play& play) {
  const std::int64_t b = play.matches;
  const std::int64_t n = play.rules.players;
  Arrays arrays;
  arrays.add<float>("bodies", 4 * (2 * n + 1) * (b + play.gap));
  arrays.add<std::int32_t>("score", 2 * (b + play.gap));
  arrays.add<std::int32_t>("clock", b);
  arrays.add<float>("potential", b);
  auto* episode = arrays.add<std::int32_t>("episode", b);
  auto* match = arrays.add<std::int64_t>("match", b, false);
  for (std::int64_t m = 0; m < b; ++m) {
    episode[m] = static_cast<std::int32_t>(m % 7) - 1;
    match[m] = m + (std::int64_t{1} << 33);
  }
  arrays.add<bool>("mask", b, false);
  arrays.add<float>("action", 2 * b * n * 4, play.sampled);
  for (const char* name : {"mean", "log_std"}) arrays.add<float>(name, 2 * b * n * 4, false);
  arrays.add<float>("pre_squash", 2 * b * n * 4);
  arrays.add<float>("log_prob", 2 * b * n);
  auto* bots = arrays.add<std::int32_t>("bots", 2 * b, false);
  for (std::int64_t side = 0; side < 2 * b; ++side)
    bots[side] = side < 2 * b - play.with_bots ? -1 : static_cast<std::int32_t>(side % bot_count);
  arrays.add<float>("by_bots", play.with_bots * n * 4, false);
  *arrays.add<float>("shaping", 1, false) = 0.7F;
  *arrays.add<std::int64_t>("nonfinite_actions", 1) = 5;
  arrays.add<float>("reward", b);
  arrays.add<bool>("terminated", b);
  arrays.add<std::int32_t>("score_after", 2 * b);
  for (const char* name : {"observation", "seen"}) arrays.add<float>(name, 2 * b * observation_size(play.rules));
  arrays.add<float>("seen_by_players", 2 * b * n * player_observation_size(play.rules.players));
  return arrays;
}

inline kernels::MatchArrays matches_in(const Play& play, const Arrays& arrays) {
  return {play.matches,
          play.matches + play.gap,
          play.matches + play.gap,
          arrays.get<float>("bodies"),
          arrays.get<std::int32_t>("score"),
          arrays.get<std::int32_t>("clock"),
          arrays.get<std::int32_t>("episode"),
          arrays.get<float>("potential"),
          arrays.get<std::int64_t>("match")};
}

inline kernels::RolloutArrays play_in(const Play& play, const Arrays& arrays) {
  kernels::RolloutArrays result{
      {arrays.get<float>("action"), arrays.get<float>("shaping"),
       play.observed ? arrays.get<float>("observation") : nullptr, arrays.get<float>("reward"),
       arrays.get<bool>("terminated"), arrays.get<std::int64_t>("nonfinite_actions")},
      {}};
  if (play.sampled)
    result.samples = {arrays.get<float>("mean"),
                      arrays.get<float>("log_std"),
                      play.squash,
                      play.rotate_b,
                      play.with_bots > 0 ? arrays.get<std::int32_t>("bots") : nullptr,
                      arrays.get<float>("pre_squash"),
                      arrays.get<float>("action"),
                      arrays.get<float>("log_prob")};
  result.first_slot = slot_action_noise;
  result.score = play.scored ? arrays.get<std::int32_t>("score_after") : nullptr;
  result.autoreset = play.at_once;
  return result;
}

}  // namespace matchday::ptx
