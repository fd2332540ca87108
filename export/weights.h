// A policy's weights alone, under the names of FootyAI's state dict: shared_layers.{0,2,...}, fc_mu, fc_log_sigma.
#pragma once

#include <optional>
#include <string>

#include "export/exported_policy.h"
#include "train/checkpoint.h"

namespace matchday {

/// Writes them as safetensors, with what metadata_of says. Throws BadInput.
void write_weights(const std::string& path, const ExportedPolicy& policy);

/// How a file of weights is to be understood, where it doesn't say so itself.
struct WeightsOptions {
  std::optional<std::string> prefix{};  ///< of the tensors' names; without one there must be only one in the file
  std::optional<std::string> preset{};  ///< the game; without one the tensors' shapes tell which of FootyAI's it is
};

/// A checkpoint of what write_weights wrote, or of a FootyAI network of any number of layers and players, on the CPU.
/// Both teams share its network. A critic is in no such file: where the config has one it is untrained. Throws BadInput
/// with one sentence.
Checkpoint read_weights(const std::string& path, const WeightsOptions& options);

}  // namespace matchday
