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

namespace matchday {

struct BotScore {
  std::string bot;
  MatchTally tally;
};

/// What the logs of a run say of its past.
struct RunPast {
  double seconds = 0.0;                                    ///< of training
  double best = -std::numeric_limits<double>::infinity();  ///< mean goal difference against the bots
};

/// Owns DIR/: config.toml (resolved), metrics.jsonl, evaluations.jsonl, tensorboard/ with the same numbers over
/// match-steps, checkpoints/, videos/, matches/, summary.txt, and lock, which a process holds while it trains there.
class RunDirectory {
 public:
  /// Begins a run in a new folder or an empty one. Throws BadInput if `path` is there already
  /// and not empty, or can't be made.
  RunDirectory(const std::filesystem::path& path, const Config& config);

  /// Opens the folder of a run that got as far as this iteration, after so many match-steps: logs of what came after
  /// it, and what a killed process left half written, are taken away. Throws BadInput if another process trains there.
  RunDirectory(const std::filesystem::path& path, const Config& config, std::int64_t iteration,
               std::int64_t match_steps);

  RunDirectory(const RunDirectory&) = delete;
  RunDirectory& operator=(const RunDirectory&) = delete;
  ~RunDirectory();

  /// Adds a line to metrics.jsonl, at once. seconds: training time so far.
  void log(const Figures& figures, double seconds);

  /// Adds a line to evaluations.jsonl: how the team stood against each bot after so many match-steps and seconds.
  void log_evaluation(std::int64_t iteration, std::int64_t match_steps, double seconds,
                      const std::vector<BotScore>& scores);

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

/// runs/PRESET-DATE-TIME under the present folder, with a number added if that is taken.
std::filesystem::path new_run_path(const Config& config);

}  // namespace matchday
