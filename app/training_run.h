// A training run under way: iterations, and on the way logs, checkpoints, evaluations and videos.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/progress.h"
#include "train/ladder.h"
#include "train/resume.h"
#include "train/run_directory.h"
#include "train/run_length.h"
#include "train/trainer.h"

namespace matchday {

class TrainingRun {
 public:
  /// Begins a run in a folder that is new or empty; in one of its own if none is named. Throws BadInput, as the other
  /// does.
  TrainingRun(const Config& config, at::Device device, const std::filesystem::path& folder);

  /// Goes on with one. config: as config_to_go_on gave it.
  TrainingRun(const Config& config, at::Device device, const BegunRun& begun);

  /// Trains to the run's end, or as long as it may, or until a signal asks it to stop; a second one ends the program at
  /// once. Gives the exit code.
  int finish();

 private:
  RunSoFar so_far() const;
  void train();
  void film(const std::string& name, Networks networks, const std::string& bot = "");
  Measured measure(const Networks& networks, const EvaluationOptions& options);
  void evaluate();
  std::string told_of(const Checkpoint& best);
  void show_progress(double progress, const Figures& figures);
  void save();

  Config config_;
  at::Device device_;
  Trainer trainer_;
  std::optional<Ladder> ladder_;  ///< what the team is measured by, if it is; read before the folder is touched
  Networks untrained_;            ///< the team as it was at first
  RunDirectory directory_;
  ProgressLine progress_line_;
  double seconds_;               ///< of training
  double saved_;                 ///< seconds when it was last saved
  double best_;                  ///< Elo of the best evaluation, whose team is checkpoints/best.safetensors
  std::int64_t evaluated_ = -1;  ///< the iteration after which that was last asked
  double skipped_ = 0.0;         ///< updates that were told of
  std::string strength_;         ///< the last evaluation, for the progress line
};

}  // namespace matchday
