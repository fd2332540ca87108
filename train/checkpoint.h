// A trained team in a file: weights, all that is needed to play with it, and, of a run, all that is needed to go on.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <string>

#include "train/config.h"
#include "train/rollout.h"

namespace matchday {

struct Checkpoint {
  Config config;
  Networks networks;  ///< one that both teams share, or A's and B's own
  std::int64_t iteration = 0;
  std::int64_t match_steps = 0;                  ///< played in training so far
  std::string written_by{};                      ///< version of the program, if it was read from a file
  std::map<std::string, at::Tensor> training{};  ///< what its run needs to go on (TrainingState); empty: it is over
};

/// Writes a safetensors file, whole or not at all: weights under "network." (or "a." and "b."), the training state
/// under "training.", and in its metadata the config as TOML, the counters, versions, and hashes of the rules and of
/// everything. Throws BadInput with the path and the reason.
void save_checkpoint(const std::string& path, const Checkpoint& checkpoint);

/// Reads a checkpoint onto a device, the training state onto the CPU. Throws BadInput with one sentence if the file is
/// not one, is spoilt, or is of a later format.
Checkpoint load_checkpoint(const std::string& path, at::Device device);

}  // namespace matchday
