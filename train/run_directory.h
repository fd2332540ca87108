// The folder of one training run: what was asked for, what came of it.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "train/checkpoint.h"
#include "train/evaluation.h"
#include "train/trainer.h"

namespace matchday {

struct BotScore {
  std::string bot;
  MatchTally tally;
};

/// Owns DIR/: config.toml (resolved), metrics.jsonl, evaluations.jsonl, checkpoints/, videos/, summary.txt.
class RunDirectory {
 public:
  /// Makes the folder and writes the config. Throws BadInput if `path` is there already and not empty, or can't be
  /// made.
  RunDirectory(const std::filesystem::path& path, const Config& config);

  /// Adds a line to metrics.jsonl, at once. seconds: training time so far.
  void log(const Figures& figures, double seconds);

  /// Adds a line to evaluations.jsonl: how the team stood against each bot after so many match-steps and seconds.
  void log_evaluation(std::int64_t iteration, std::int64_t match_steps, double seconds,
                      const std::vector<BotScore>& scores);

  /// Writes checkpoints/NAME.safetensors and gives its path.
  std::filesystem::path save(const std::string& name, const Checkpoint& checkpoint) const;

  void write_summary(const std::string& text) const;

  std::filesystem::path video(const std::string& name) const { return path_ / "videos" / (name + ".mp4"); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  std::ofstream metrics_;
  std::ofstream evaluations_;
};

/// runs/PRESET-DATE-TIME under the present folder, with a number added if that is taken.
std::filesystem::path new_run_path(const Config& config);

}  // namespace matchday
