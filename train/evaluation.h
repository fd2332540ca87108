// How good is a policy? Whole matches against another, on both sides.
#pragma once

#include <c10/core/Device.h>

#include <cstdint>

#include "policy/policy.h"
#include "rules/rules.h"

namespace matchday {

/// What came of matches between two policies, from the first one's point of view.
struct MatchTally {
  std::int64_t wins = 0;
  std::int64_t draws = 0;
  std::int64_t losses = 0;
  std::int64_t goals_for = 0;
  std::int64_t goals_against = 0;

  std::int64_t matches() const { return wins + draws + losses; }
};

/// Goals ahead of the opponent a match.
double goal_difference(const MatchTally& tally);

MatchTally operator+(const MatchTally& a, const MatchTally& b);

struct EvaluationOptions {
  std::int64_t matches = 256;  ///< on each side
  std::uint64_t seed = 1000;   ///< of the starts; training uses others
  at::Device device = at::kCPU;
};

/// Both sides of a pairing.
struct Evaluation {
  MatchTally as_a;
  MatchTally as_b;

  MatchTally both() const { return as_a + as_b; }
};

/// Plays `options.matches` whole matches with `policy` as team A, and as many with it as team B.
Evaluation evaluate(const Rules& rules, const Policy& policy, const Policy& opponent, const EvaluationOptions& options);

/// Share of the wins among the decided matches, 0 to 1; 0.5 if none was decided.
double win_share(const MatchTally& tally);

/// Half the width of the 95 % confidence interval of a share p seen in n trials (Wilson's score interval).
double share_margin(double share, std::int64_t trials);

}  // namespace matchday
