// Checkpoint files: a team's weights, all that is needed to play with it and, for a run, all that is needed to resume.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <string>

#include "config/config.h"
#include "train/trainer.h"

namespace matchday {

struct Checkpoint {
  Config config;
  Networks networks;  ///< one that both teams share, or A's and B's own
  std::int64_t iteration = 0;
  std::int64_t match_steps = 0;                  ///< played in training so far
  std::string written_by{};                      ///< version of the program that wrote it
  std::map<std::string, at::Tensor> training{};  ///< the state to resume its run from (TrainingState); empty: none
};

/// Writes a safetensors file, whole or not at all: weights under "network." (or "a." and "b."), the training state
/// under "training.", and in its metadata the config as TOML, the counters, versions, and hashes of the rules and of
/// the whole content. Throws BadInput with the path and the reason.
void save_checkpoint(const std::string& path, const Checkpoint& checkpoint);

/// Loads the networks onto a device and the training state onto the CPU. Throws BadInput with one sentence if the file
/// is no checkpoint, is corrupt or has a newer format.
Checkpoint load_checkpoint(const std::string& path, at::Device device);

/// The trainer's present team, and all state to resume its run from. The networks are the trainer's own, not copies.
Checkpoint checkpoint_of(const Trainer& trainer);

/// Restores the state that a checkpoint holds of a run of the same config. Throws BadInput, naming `where`, if it holds
/// none; then nothing has changed.
void restore(Trainer& trainer, const Checkpoint& checkpoint, const std::string& where);

}  // namespace matchday
