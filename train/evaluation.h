// How good is a policy? Whole matches against another, on both sides.
#pragma once

#include <c10/core/Device.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "policy/policy.h"
#include "rules/rules.h"
#include "train/figure_reader.h"
#include "train/match_file.h"
#include "train/match_statistics.h"
#include "train/workers.h"

namespace matchday {

/// Matches are played in blocks of so many, and what is left over of the last one is not counted: a network's outputs
/// may differ in the last bit with the number of its rows, so only blocks that are always alike make match number i the
/// same match however many are asked for. Enough to fill a CPU's vectors and few enough to waste little.
inline constexpr std::int64_t matches_in_block = 128;

/// What came of matches between two policies, from the first one's point of view.
struct MatchTally {
  std::int64_t wins = 0;
  std::int64_t draws = 0;
  std::int64_t losses = 0;
  std::int64_t goals_for = 0;
  std::int64_t goals_against = 0;
  std::int64_t steps = 0;  ///< of all matches together
  TeamStatistics own{};
  TeamStatistics opponents{};
  std::vector<std::int32_t> leads{};  ///< each match's goals for less goals against, in the order of their numbers

  std::int64_t matches() const { return wins + draws + losses; }
};

/// Goals ahead of the opponent a match.
double goal_difference(const MatchTally& tally);

/// What a team did in these matches, `tally.own` or `tally.opponents`, in the numbers that people read: possession and
/// goal_kept as shares of the steps, kicks, passes and shots a match, distance_between_mates in u.
Figures play_figures(const TeamStatistics& team, const MatchTally& tally);

/// Both; b's matches come after a's.
MatchTally operator+(const MatchTally& a, const MatchTally& b);

/// The same matches from the opponent's point of view.
MatchTally turned(const MatchTally& tally);

struct EvaluationOptions {
  std::int64_t matches = 256;  ///< on each side
  std::uint64_t seed = 1000;   ///< of the starts; training uses others
  at::Device device = at::kCPU;
  /// Gets all matches, a block at a time and without signatures; in any order and from any thread, if there are
  /// workers.
  std::function<void(const RecordedMatches&)> record{};
  Workers* workers = nullptr;  ///< share the blocks; null: the caller plays them all, with torch's threads
};

/// Both sides of a pairing.
struct Evaluation {
  MatchTally as_a;
  MatchTally as_b;

  MatchTally both() const { return as_a + as_b; }
};

/// Plays `options.matches` whole matches with `policy` as team A, and as many with it as team B.
Evaluation evaluate(const Rules& rules, const Policy& policy, const Policy& opponent, const EvaluationOptions& options);

/// The same against each of several.
std::vector<Evaluation> evaluate(const Rules& rules, const Policy& policy, const std::vector<Policy>& opponents,
                                 const EvaluationOptions& options);

/// Share of the wins among the decided matches, 0 to 1; 0.5 if none was decided.
double win_share(const MatchTally& tally);

/// The 95 % confidence interval of a share that was seen in so many trials: Wilson's score interval, which is not
/// symmetric about the share. 0 to 1 where there were none.
struct ShareInterval {
  double lowest;
  double highest;
};
ShareInterval share_interval(double share, std::int64_t trials);

}  // namespace matchday
