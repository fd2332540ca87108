// How trained teams stood against the bots while they learned, as pictures.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace matchday {

/// A run's folder and what its line is called.
struct LabelledRun {
  std::string label;
  std::filesystem::path folder;
};

enum class CurvesOver { match_steps, seconds };

/// Draws the goal differences in the runs' evaluations.jsonl, a panel for each bot. Throws BadInput if a run has none.
void save_curves(const std::filesystem::path& path, const std::vector<LabelledRun>& runs, CurvesOver over);

}  // namespace matchday
