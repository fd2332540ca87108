// A training run under way: iterations, and on the way logs, checkpoints, evaluations and videos.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/progress.h"
#include "app/table.h"
#include "train/resume.h"
#include "train/run_directory.h"
#include "train/run_length.h"
#include "train/trainer.h"

namespace matchday {

class TrainingRun {
 public:
  /// Begins a run in a folder that is new or empty. Throws BadInput, as the other does.
  TrainingRun(const Config& config, at::Device device, const std::filesystem::path& folder);

  /// Goes on with one. config: as config_to_go_on gave it.
  TrainingRun(const Config& config, at::Device device, const BegunRun& begun);

  /// Trains to the run's end, or as long as it may, or until a signal asks it to stop; a second one ends the program at
  /// once. Gives the exit code.
  int finish();

 private:
  RunSoFar so_far() const;
  void train();
  void film(const std::string& name, const std::string& bot = "");
  std::vector<TableRow> play(const std::vector<Policy>& opponents, std::int64_t matches,
                             const std::function<void(const RecordedMatches&)>& record = {});
  void evaluate();
  std::string closing_table();
  void show_progress(double progress, const Figures& figures);
  void save();

  Config config_;
  at::Device device_;
  Trainer trainer_;
  Networks untrained_;  ///< the team as it was at first
  RunDirectory directory_;
  ProgressLine progress_line_;
  double seconds_;        ///< of training
  double saved_;          ///< seconds when it was last saved
  double best_;           ///< mean goal difference of the best evaluation
  double skipped_ = 0.0;  ///< updates that were told of
  std::string strength_;  ///< the last evaluation, for the progress line
};

}  // namespace matchday
