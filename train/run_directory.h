// The folder of one training run: what was asked for, what came of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "train/checkpoint.h"
#include "train/evaluation.h"
#include "train/event_file.h"
#include "train/figure_reader.h"
#include "train/ratings.h"
#include "train/run_length.h"

namespace matchday {

/// A team's matches against another.
struct Score {
  std::string opponent;
  MatchTally tally;
};

/// What the logs of a run say of its past.
struct RunPast {
  double seconds = 0.0;                                    ///< of training
  double best = -std::numeric_limits<double>::infinity();  ///< Elo of the team in checkpoints/best.safetensors
  std::int64_t evaluated = -1;                             ///< the last iteration after which the team was evaluated
};

/// Owns DIR/: config.toml (resolved), metrics.jsonl, evaluations.jsonl, tensorboard/ with the same numbers over
/// match-steps, checkpoints/, videos/, matches/, summary.txt, and lock, which a process holds while it trains there.
class RunDirectory {
 public:
  /// Begins a run in a new folder or an empty one. Throws BadInput if `path` is there already
  /// and not empty, or can't be made.
  RunDirectory(const std::filesystem::path& path, const Config& config);

  /// Opens the folder of a run that got as far as this iteration, after so many match-steps: logs of what came after
  /// it, checkpoints of what came after it, and what a killed process left half written, are taken away. Throws
  /// BadInput if another process trains there.
  RunDirectory(const std::filesystem::path& path, const Config& config, std::int64_t iteration,
               std::int64_t match_steps);

  RunDirectory(const RunDirectory&) = delete;
  RunDirectory& operator=(const RunDirectory&) = delete;
  ~RunDirectory();

  /// Adds a line to metrics.jsonl, at once. seconds: training time so far.
  void log(const Figures& figures, double seconds);

  /// Adds a line to evaluations.jsonl: what the team was worth by then, and how it stood against each opponent; against
  /// `role` how both played, too.
  void log_evaluation(const RunSoFar& so_far, const Rating& rating, const std::vector<Score>& scores);

  /// Writes checkpoints/iteration-N.safetensors, makes `latest` the same file, and takes away all but the last few of
  /// them. Gives the path of `latest`.
  std::filesystem::path save(const Checkpoint& checkpoint) const;

  /// Writes checkpoints/NAME.safetensors.
  void save_as(const std::string& name, const Checkpoint& checkpoint) const;

  void write_summary(const std::string& text) const;

  const RunPast& past() const { return past_; }
  std::filesystem::path video(const std::string& name) const { return path_ / "videos" / (name + ".mp4"); }
  /// The match that a video shows, as a file for replay and play.
  std::filesystem::path match(const std::string& name) const { return path_ / "videos" / (name + ".safetensors"); }
  /// A folder for the matches of the evaluation at this iteration; nobody has made it yet.
  std::filesystem::path matches(std::int64_t iteration) const;
  const std::filesystem::path& path() const { return path_; }

 private:
  void lock();
  /// Takes best.safetensors away unless it is the team after so many iterations, the best of the evaluations that are
  /// left: what came after the iteration that the run goes on from will be evaluated again.
  void forget_other_best(std::int64_t iteration);
  /// Writes the config and opens the logs. match_steps: played so far.
  void begin(const Config& config, std::int64_t match_steps);

  std::filesystem::path path_;
  std::int64_t keep_;
  int lock_ = -1;
  RunPast past_;
  std::ofstream metrics_;
  std::ofstream evaluations_;
  std::optional<EventFile> events_;
};

/// The checkpoints of a run's folder: the team that was worth most in its evaluations, if it had any, and the newest.
std::filesystem::path best_checkpoint(const std::filesystem::path& run);
std::filesystem::path latest_checkpoint(const std::filesystem::path& run);

/// Makes runs/PRESET-DATE-TIME under the present folder, with a number added if that is taken. Throws BadInput.
std::filesystem::path new_run_folder(const Config& config);

}  // namespace matchday
