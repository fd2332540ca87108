// Resumes a run that ended or was killed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "run/checkpoint.h"

namespace matchday {

/// The config of a resumed run: its own, changed by `sets` ("minutes=30"), which may change its length, its device and
/// its reports, but not what it learns. Throws BadInput.
Config config_to_go_on(const Config& config, const std::vector<std::string>& sets);

/// A run to resume: its folder and how far it got.
struct BegunRun {
  std::filesystem::path folder;
  std::filesystem::path file;  ///< the checkpoint's file, or the config's if there is no checkpoint yet
  Checkpoint checkpoint;       ///< on the CPU; without training state if the run has not saved any yet
};

/// Finds the run of a folder, or of one checkpoint in it, which is then the one to resume from. Throws BadInput if
/// there is no run, or if the checkpoint has no training state.
BegunRun find_run(const std::filesystem::path& path);

}  // namespace matchday
