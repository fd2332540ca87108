// The ladder: teams and bots of known Elo. What a team makes of its matches against them is its Elo, on a scale that is
// the same in every run: the bot `chaser` is 1000.
#pragma once

#include <c10/core/Device.h>

#include <filesystem>
#include <vector>

#include "policy/policy.h"
#include "rules/rules.h"
#include "train/evaluation.h"
#include "train/ratings.h"
#include "train/workers.h"

namespace matchday {

/// The bot whose Elo is 1000: every preset has it, and it neither wins nor loses all.
inline constexpr char anchor_bot[] = "chaser";

/// One of the ladder.
struct Rung {
  Policy policy;
  double elo;
};

struct Ladder {
  std::vector<Rung> rungs;
  double draw;  ///< how readily matches end in a draw: d in train/ratings.h
};

/// The ladder for these rules: that of a table (models/ladder.toml says what is in it) where the football is the one
/// that it was measured in, arena's as its preset has it, whatever the shaping rewards. By other rules no frozen team
/// plays and the bots' strengths are others: then all bots, rated by a round robin. Throws BadInput if the table or a
/// team in it can't be read.
Ladder ladder_for(const Rules& rules, const std::filesystem::path& table, at::Device device, Workers& workers);

/// What a team is worth on a ladder.
struct Measured {
  Rating rating;
  std::vector<Evaluation> evaluations;  ///< against each rung
};

/// Plays a team against every rung.
Measured measure(const Rules& rules, const Policy& team, const Ladder& ladder, const EvaluationOptions& options);

}  // namespace matchday
