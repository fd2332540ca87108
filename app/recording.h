// Matches of eval and tournament as files.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "train/match_file.h"

namespace matchday {

/// What the command line says about it.
struct RecordFlags {
  std::string folder;      ///< empty: nothing is recorded
  std::int64_t every = 1;  ///< records the matches whose index is a multiple of this
  bool goals = false;      ///< only matches in which goals fell
};

/// Adds --record, --record-every and --record-goals.
void add_record_flags(CLI::App& command, RecordFlags& flags);

/// Gathers matches and writes a file for every pairing and side: FOLDER/A-B.safetensors.
class Recording {
 public:
  /// Makes the folder. Throws BadInput.
  explicit Recording(const RecordFlags& flags);

  /// For EvaluationOptions; empty if nothing is recorded. May be called by several threads.
  std::function<void(const RecordedMatches&)> recorder();

  /// Writes what was gathered, and says so unless `quiet`. Throws BadInput.
  void save(bool quiet);

 private:
  RecordFlags flags_;
  std::mutex mutex_;
  std::map<std::string, std::vector<RecordedMatches>> gathered_;  ///< by the file's name
};

}  // namespace matchday
