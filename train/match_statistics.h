// What matches are like besides their score: who has the ball, kicks, passes and shoots, and how far mates keep apart.
//
// Counted on the device from what a step starts from, what all players do and what comes of it; nobody waits for it.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <cstdint>

#include "rules/rules.h"
#include "sim/match_state.h"

namespace matchday {

/// From how near the goal's centre a kick may be a shot, as a share of half_length: 30 u in arena, which a full kick
/// covers in six steps.
inline constexpr float shot_range = 0.75F;

/// From how near the goal's middle a player may keep it, as a share of half_length: 12 u in arena.
inline constexpr float keeping_range = 0.3F;

/// What was counted so far in B matches, in rows of A's and B's.
///
/// A touch of the ball is a kick. In arena the kicker is the one who kicks by the rules. In FootyAI's games, where all
/// in reach of the ball kick together, it is the nearest of those whose kick is not 0. Players of both teams exactly as
/// near make a contested ball: nobody's kick, and nobody's ball until the next one.
struct MatchStatistics {
  at::Tensor possession;  ///< int32 [2, B]: steps in which the team was the last to touch the ball since the kick-off
  at::Tensor kicks;       ///< int32 [2, B]
  at::Tensor passes;      ///< int32 [2, B]: kicks that are followed by a mate's, with no goal in between
  at::Tensor shots;       ///< int32 [2, B]: kicks from within shot_range straight into the mouth of the other goal
  at::Tensor apart;       ///< float32 [2, B], u: mean distance between mates at a step's start, added up over the steps
  at::Tensor goal_kept;   ///< int32 [2, B]: steps at whose start one of the team's players is nearer to the own goal's
                          ///< middle than the ball is, and within keeping_range of it

  at::Tensor kicker;          ///< int64 [B]: who kicked in the step counted last: A's players, then B's; -1: nobody
  at::Tensor last_kicker;     ///< int64 [B]: who kicked last, in the same numbers; -1: nobody since the kick-off
  at::Tensor pairs_of_mates;  ///< int64 [2, N(N-1)/2]: numbers within a team
};

/// Every pair of mates, by their numbers within a team: int64 [2, N(N-1)/2].
at::Tensor pairs_of_mates(const Rules& rules, at::Device device);

/// Mean distance between mates: float32 [2, B], u; 0 where a player has none.
at::Tensor distance_between_mates(const at::Tensor& pairs, const MatchState& state);

/// Nothing counted yet.
MatchStatistics no_statistics(const Rules& rules, std::int64_t matches, at::Device device);

/// Counts a step. before, after: the matches at its start and at its end; a simulator's own state is overwritten by the
/// step, so that `before` must be a clone of it. action: float32 [2, B, N, 4], as given to the simulator.
void count_step(MatchStatistics& statistics, const Rules& rules, const MatchState& before, const at::Tensor& action,
                const MatchState& after);

/// What a team did in a number of matches together.
struct TeamStatistics {
  std::int64_t possession = 0;  ///< steps
  std::int64_t kicks = 0;
  std::int64_t passes = 0;
  std::int64_t shots = 0;
  double apart = 0.0;          ///< u: mean distance between mates, added up over the steps
  std::int64_t goal_kept = 0;  ///< steps
};

TeamStatistics operator+(const TeamStatistics& a, const TeamStatistics& b);

/// What team 0 (A) or 1 (B) did in the first `matches` matches.
TeamStatistics total(const MatchStatistics& statistics, int team, std::int64_t matches);

}  // namespace matchday
