// The folder of one training run: its config, logs and results.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "config/run_length.h"
#include "evaluate/evaluation.h"
#include "evaluate/ratings.h"
#include "formats/event_file.h"
#include "formats/metrics.h"
#include "run/checkpoint.h"

namespace matchday {

/// A team's results against one opponent.
struct Score {
  std::string opponent;
  MatchTally tally;
};

/// A run's past, as read from its logs.
struct RunPast {
  double seconds = 0.0;                                    ///< of training
  double best = -std::numeric_limits<double>::infinity();  ///< Elo of the team in checkpoints/best.safetensors
  std::int64_t evaluated = -1;                             ///< the last iteration after which the team was evaluated
};

/// Owns DIR/: config.toml (resolved), metrics.jsonl, evaluations.jsonl, tensorboard/ with the same numbers over
/// match-steps, checkpoints/, videos/, matches/, summary.txt, and lock, which a process holds while it trains there.
class RunDirectory {
 public:
  /// Begins a run in a new or an empty folder. Throws BadInput if `path` exists and is not
  /// empty, or can't be created.
  RunDirectory(const std::filesystem::path& path, const Config& config);

  /// Opens the folder of a run that is resumed from this iteration, after `match_steps` match-steps. Removes log lines
  /// and checkpoints of later iterations, and files that a killed process left half written. Throws BadInput if another
  /// process trains there.
  RunDirectory(const std::filesystem::path& path, const Config& config, std::int64_t iteration,
               std::int64_t match_steps);

  RunDirectory(const RunDirectory&) = delete;
  RunDirectory& operator=(const RunDirectory&) = delete;
  ~RunDirectory();

  /// Appends a line to metrics.jsonl and flushes it. seconds: training time so far.
  void log(const Metrics& metrics, double seconds);

  /// Appends a line to evaluations.jsonl: the team's rating, and its results against each opponent; against `role` also
  /// statistics of both teams' play.
  void log_evaluation(const RunSoFar& so_far, const Rating& rating, const std::vector<Score>& scores);

  /// Writes checkpoints/iteration-N.safetensors, links `latest` to it, and deletes all but the last `keep_checkpoints`
  /// of them. Returns the path of `latest`.
  std::filesystem::path save(const Checkpoint& checkpoint) const;

  /// Writes checkpoints/NAME.safetensors.
  void save_as(const std::string& name, const Checkpoint& checkpoint) const;

  void write_summary(const std::string& text) const;

  const RunPast& past() const { return past_; }
  std::filesystem::path video(const std::string& name) const { return path_ / "videos" / (name + ".mp4"); }
  /// The match that a video shows, as a file for replay and play.
  std::filesystem::path match(const std::string& name) const { return path_ / "videos" / (name + ".safetensors"); }
  /// A folder for the matches of the evaluation at this iteration; the caller creates it.
  std::filesystem::path matches(std::int64_t iteration) const;
  const std::filesystem::path& path() const { return path_; }

 private:
  void lock();
  /// Deletes best.safetensors unless it is the team after `iteration` iterations, the best of the evaluations that are
  /// left: later iterations than the one that the run resumes from will be evaluated again.
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

/// The checkpoints of a run's folder: the team with the highest Elo in its evaluations, if any, and the newest team.
std::filesystem::path best_checkpoint(const std::filesystem::path& run);
std::filesystem::path latest_checkpoint(const std::filesystem::path& run);

/// Creates runs/PRESET-DATE-TIME under the current folder, with a number added if that exists. Throws BadInput.
std::filesystem::path new_run_folder(const Config& config);

}  // namespace matchday
