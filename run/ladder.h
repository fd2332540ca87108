// The ladder: teams and bots of known Elo. A team's results against them give its Elo, on a scale that is the same in
// every run: the bot `chaser` has 1000.
#pragma once

#include <c10/core/Device.h>

#include <filesystem>
#include <vector>

#include "evaluate/evaluation.h"
#include "evaluate/ratings.h"
#include "policy/policy.h"
#include "rules/rules.h"
#include "sim/thread_pool.h"
#include "train/ranks.h"

namespace matchday {

/// The bot whose Elo is 1000: every preset has it, and it neither wins nor loses all its matches.
inline constexpr char anchor_bot[] = "chaser";

/// One team of the ladder.
struct Rung {
  Policy policy;
  double elo;
};

struct Ladder {
  std::vector<Rung> rungs;
  double draw;  ///< how readily matches end in a draw: d in evaluate/ratings.h
};

/// The ladder for these rules. If they are those of the preset arena, apart from shaping rewards, it is read from a
/// table (models/ladder.toml says what is in it) that was measured under these rules. Under other rules the frozen
/// teams can't play and the bots' strengths differ: then it is all bots, rated by a round robin. Throws BadInput if the
/// table or a team in it can't be read.
Ladder ladder_for(const Rules& rules, const std::filesystem::path& table, at::Device device, ThreadPool& thread_pool);

/// A team's rating on a ladder.
struct Measured {
  Rating rating;
  std::vector<Evaluation> evaluations;  ///< against each rung
};

/// Plays a team against every rung. Ranks share out the rungs, and all know all results.
Measured measure(const Rules& rules, const Policy& team, const Ladder& ladder, const EvaluationOptions& options,
                 const Ranks& ranks = Ranks());

}  // namespace matchday
