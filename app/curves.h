// Charts of teams' strength during training.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace matchday {

/// A run's folder and the label of its line.
struct LabelledRun {
  std::string label;
  std::filesystem::path folder;
};

enum class CurvesOver { match_steps, seconds };

/// Draws the runs' evaluations.jsonl and metrics.jsonl: Elo with its interval, a panel of goal differences for each
/// bot, how the team played against `role`, and training. Throws BadInput if a run has no evaluations.
void save_curves(const std::filesystem::path& path, const std::vector<LabelledRun>& runs, CurvesOver over);

}  // namespace matchday
