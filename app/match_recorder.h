// Records matches of evaluations in files.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "evaluate/match_file.h"

namespace matchday {

/// Which matches are recorded, and where.
struct RecordFlags {
  std::string folder;      ///< empty: nothing is recorded
  std::int64_t every = 1;  ///< records the matches whose index is a multiple of this
  bool goals = false;      ///< only matches in which goals fell
};

/// Gathers matches and writes a file for every pairing and side: FOLDER/A-B.safetensors, with a number added if another
/// pairing's file has that name.
class MatchRecorder {
 public:
  /// Makes the folder. Throws BadInput.
  explicit MatchRecorder(const RecordFlags& flags);

  /// For EvaluationOptions; empty if nothing is recorded. May be called by several threads.
  std::function<void(const RecordedMatches&)> callback();

  /// Writes the matches gathered since the last call, and prints the files' names unless `quiet`. Throws BadInput.
  void save(bool quiet);

 private:
  RecordFlags flags_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::vector<RecordedMatches>> gathered_;  ///< by the teams' names
  std::set<std::string> written_;                                                         ///< names of files
};

}  // namespace matchday
