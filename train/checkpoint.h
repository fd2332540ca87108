// A trained team in a file: weights, and all that is needed to play with it.
#pragma once

#include <cstdint>
#include <string>

#include "train/config.h"
#include "train/rollout.h"

namespace matchday {

struct Checkpoint {
  Config config;
  Networks networks;  ///< one that both teams share, or A's and B's own
  std::int64_t iteration = 0;
  std::int64_t match_steps = 0;  ///< played in training so far
};

/// Writes a safetensors file, whole or not at all: weights under "network." (or "a." and "b."), the config as TOML and
/// the counters in its metadata. Throws std::runtime_error with the path and the reason.
void save_checkpoint(const std::string& path, const Checkpoint& checkpoint);

/// Reads a checkpoint onto a device. Throws BadInput with one sentence if the file is not one.
Checkpoint load_checkpoint(const std::string& path, at::Device device);

}  // namespace matchday
