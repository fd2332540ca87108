// Statistics of matches besides the score: possession, kicks, passes, shots, distance between mates, goal keeping.
//
// Counted on the device from a step's start state, its actions and its end state, without waiting for the device.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <cstdint>

#include "rules/rules.h"
#include "sim/match_state.h"

namespace matchday {

/// Largest distance from the goal's centre at which a kick can be a shot, as a share of half_length: 30 u in arena,
/// which a full kick covers in six steps.
inline constexpr float shot_range = 0.75F;

/// Largest distance from its goal's middle at which a player keeps it, as a share of half_length: 12 u in arena.
inline constexpr float keeping_range = 0.3F;

/// Statistics of B matches so far, A's in the first row and B's in the second.
///
/// A touch of the ball is a kick. In arena the kicker is the player who kicks by the rules. In FootyAI's games, where
/// all players in reach of the ball kick together, it is the nearest whose kick is not 0. If players of both teams are
/// exactly as near, the ball is contested: no kick is counted, and neither team has the ball until the next kick.
struct MatchStatistics {
  at::Tensor possession;  ///< int32 [2, B]: steps in which the team was the last to touch the ball since the kick-off
  at::Tensor kicks;       ///< int32 [2, B]
  at::Tensor passes;      ///< int32 [2, B]: kicks that are followed by a mate's, with no goal in between
  at::Tensor shots;       ///< int32 [2, B]: kicks from within shot_range straight into the mouth of the opponents' goal
  at::Tensor apart;       ///< float32 [2, B], u: mean distance between mates at a step's start, added up over the steps
  at::Tensor goal_kept;   ///< int32 [2, B]: steps at whose start one of the team's players is nearer to the own goal's
                          ///< middle than the ball is, and within keeping_range of it

  at::Tensor kicker;          ///< int64 [B]: who kicked in the step counted last: A's players, then B's; -1: nobody
  at::Tensor last_kicker;     ///< int64 [B]: who kicked last, numbered likewise; -1: nobody since the kick-off
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

/// A team's statistics, summed over matches.
struct TeamStatistics {
  std::int64_t possession = 0;  ///< steps
  std::int64_t kicks = 0;
  std::int64_t passes = 0;
  std::int64_t shots = 0;
  double apart = 0.0;          ///< u: mean distance between mates, added up over the steps
  std::int64_t goal_kept = 0;  ///< steps
};

TeamStatistics operator+(const TeamStatistics& a, const TeamStatistics& b);

/// The statistics of team 0 (A) or 1 (B), summed over the first `matches` matches.
TeamStatistics total(const MatchStatistics& statistics, int team, std::int64_t matches);

}  // namespace matchday
