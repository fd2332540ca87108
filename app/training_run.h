// A training run: its iterations, with logs, checkpoints, evaluations and videos on the way.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/progress.h"
#include "config/run_length.h"
#include "run/ladder.h"
#include "run/resume.h"
#include "run/run_directory.h"
#include "train/trainer.h"

namespace matchday {

/// All ranks have one, and train; rank 0's writes the folder, evaluates and tells what happens.
class TrainingRun {
 public:
  /// Begins a run in a folder that is new or empty; if `folder` is empty, in a new one under runs/. Throws BadInput, as
  /// does the other constructor.
  TrainingRun(const Config& config, at::Device device, const std::filesystem::path& folder, const Ranks& ranks);

  /// Resumes a run. config: from config_to_go_on.
  TrainingRun(const Config& config, at::Device device, const BegunRun& begun, const Ranks& ranks);

  /// Trains to the run's end or its limit of time, or until a signal asks it to stop; a second signal ends the program
  /// at once. Returns the exit code.
  int finish();

 private:
  RunSoFar so_far() const;
  void train();
  /// Closes the run on rank 0: the summary of the best team. Returns the exit code.
  int summarise(const std::string& rate);
  /// Takes rank 0's clock, and a signal that any rank got, for all ranks: they must all do the same.
  void agree();
  void film(const std::string& name, Networks networks, const std::string& bot = "");
  Measured measure(const Networks& networks, const EvaluationOptions& options, const Ranks& ranks = Ranks());
  void evaluate();
  void log(const Measured& measured);
  std::string told_of(const Checkpoint& best);
  void show_progress(double progress, const Metrics& metrics);
  void save();

  Config config_;
  at::Device device_;
  Trainer trainer_;
  std::optional<Ladder> ladder_;           ///< for evaluations, if there are any; read before the folder is touched
  Networks untrained_;                     ///< the team before training
  std::optional<RunDirectory> directory_;  ///< rank 0's
  ProgressLine progress_line_;
  double seconds_;               ///< of training
  double saved_;                 ///< seconds_ at the last save
  double best_;                  ///< Elo of the best evaluation, whose team is checkpoints/best.safetensors
  int ended_by_ = 0;             ///< the signal that asked some rank to end; 0: none
  std::int64_t evaluated_ = -1;  ///< the iteration of the last evaluation
  double skipped_ = 0.0;         ///< skipped updates that were reported
  std::string strength_;         ///< the last evaluation, for the progress line
};

}  // namespace matchday
