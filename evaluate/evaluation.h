// Evaluates a policy: whole matches against another one, on both sides.
#pragma once

#include <c10/core/Device.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "evaluate/match_file.h"
#include "evaluate/match_statistics.h"
#include "formats/metrics.h"
#include "policy/policy.h"
#include "rules/rules.h"
#include "sim/thread_pool.h"

namespace matchday {

/// Matches are played in blocks of this size; surplus matches of the last block are not counted. A network's outputs
/// may differ in the last bit with its number of rows, so only a fixed block size makes match number i the same match
/// however many are requested. Large enough to fill a CPU's vectors, small enough to waste little.
inline constexpr std::int64_t matches_in_block = 128;

/// Results of matches between two policies, from the first policy's point of view.
struct MatchTally {
  std::int64_t wins = 0;
  std::int64_t draws = 0;
  std::int64_t losses = 0;
  std::int64_t goals_for = 0;
  std::int64_t goals_against = 0;
  std::int64_t steps = 0;  ///< of all matches together
  TeamStatistics own{};
  TeamStatistics opponents{};
  std::vector<std::int32_t> leads{};  ///< each match's goals for minus goals against, in order of match number

  std::int64_t matches() const { return wins + draws + losses; }
};

/// Mean goals for minus goals against per match; 0 without matches.
double goal_difference(const MatchTally& tally);

/// A team's statistics, `tally.own` or `tally.opponents`, as the metrics that are reported: possession and goal_kept as
/// shares of the steps; kicks, passes and shots per match; distance_between_mates in u.
Metrics play_metrics(const TeamStatistics& team, const MatchTally& tally);

/// The sum of both tallies; b's matches come after a's.
MatchTally operator+(const MatchTally& a, const MatchTally& b);

/// The same matches from the opponent's point of view.
MatchTally sides_swapped(const MatchTally& tally);

struct EvaluationOptions {
  std::int64_t matches = 256;  ///< on each side
  std::uint64_t seed = 1000;   ///< of the matches' starts; training uses other seeds
  at::Device device = at::kCPU;
  /// Called with all matches, a block at a time and without signatures; with a thread pool in any order and from any
  /// thread.
  std::function<void(const RecordedMatches&)> record{};
  ThreadPool* thread_pool = nullptr;  ///< its threads share the blocks; null: the caller plays all, with torch's
};

/// Both sides of a pairing.
struct Evaluation {
  MatchTally as_a;
  MatchTally as_b;

  MatchTally both() const { return as_a + as_b; }
};

/// Plays `options.matches` whole matches with `policy` as team A, and as many with it as team B.
Evaluation evaluate(const Rules& rules, const Policy& policy, const Policy& opponent, const EvaluationOptions& options);

/// The same against each of several opponents.
std::vector<Evaluation> evaluate(const Rules& rules, const Policy& policy, const std::vector<Policy>& opponents,
                                 const EvaluationOptions& options);

/// Share of the wins among the decided matches, 0 to 1; 0.5 if none was decided.
double win_share(const MatchTally& tally);

/// The 95 % confidence interval of a share observed in `trials` trials: Wilson's score interval, which is not
/// symmetric about the share. 0 to 1 without trials.
struct ShareInterval {
  double lowest;
  double highest;
};
ShareInterval share_interval(double share, std::int64_t trials);

}  // namespace matchday
