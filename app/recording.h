// Matches of evaluations as files.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "train/match_file.h"

namespace matchday {

/// What is kept, and where.
struct RecordFlags {
  std::string folder;      ///< empty: nothing is recorded
  std::int64_t every = 1;  ///< records the matches whose index is a multiple of this
  bool goals = false;      ///< only matches in which goals fell
};

/// Gathers matches and writes a file for every pairing and side: FOLDER/A-B.safetensors, with a number added where
/// another pairing's file is called so.
class Recording {
 public:
  /// Makes the folder. Throws BadInput.
  explicit Recording(const RecordFlags& flags);

  /// For EvaluationOptions; empty if nothing is recorded. May be called by several threads.
  std::function<void(const RecordedMatches&)> recorder();

  /// Writes what was gathered since the last time, and says so unless `quiet`. Throws BadInput.
  void save(bool quiet);

 private:
  RecordFlags flags_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::vector<RecordedMatches>> gathered_;  ///< by the teams' names
  std::set<std::string> written_;                                                         ///< names of files
};

}  // namespace matchday
