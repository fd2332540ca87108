// The table of a team's matches against others.
#pragma once

#include <string>
#include <vector>

#include "train/evaluation.h"

namespace matchday {

struct TableRow {
  std::string opponent;
  Evaluation evaluation;
};

/// A line for each opponent: wins, draws, losses in percent of all matches, the share of wins among the decided ones
/// with its 95 % interval, goals per match, and wins, draws, losses on either side.
std::string results_table(const std::string& team, const std::vector<TableRow>& rows);

}  // namespace matchday
