// The table of a team's matches against others.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "evaluate/evaluation.h"

namespace matchday {

struct TableRow {
  std::string opponent;
  Evaluation evaluation;
};

/// A line for each opponent: wins, draws, losses in percent of all matches, the share of wins among the decided ones
/// with its 95 % interval, goals, possession, passes, shots, distance between mates and the share of the steps in which
/// the goal is kept as own - opponent's, and wins, draws, losses on either side.
std::string results_table(const std::string& team, const std::vector<TableRow>& rows);

/// Wins, draws and losses in percent: "62/30/8".
std::string result_shares(const MatchTally& tally);

/// Goals a match: "2.13 - 0.40".
std::string goals_a_match(const MatchTally& tally);

/// An evaluation as JSON: total matches and goals, shares from 0 to 1, kicks, passes and shots per match, distances in
/// u.
nlohmann::ordered_json json_of(const Evaluation& evaluation);

}  // namespace matchday
