// A policy's weights alone, under the names of FootyAI's state dict: shared_layers.{0,2,...}, fc_mu, fc_log_sigma.
#pragma once

#include <optional>
#include <string>

#include "export/exported_policy.h"
#include "run/checkpoint.h"

namespace matchday {

/// Writes the weights as safetensors, with the metadata of metadata_of. Throws BadInput.
void write_weights(const std::string& path, const ExportedPolicy& policy);

/// What a file of weights contains, where it doesn't say so itself.
struct WeightsOptions {
  std::optional<std::string> prefix{};  ///< of the tensors' names; without one the file must have only one
  std::optional<std::string> preset{};  ///< the game; without one it is the FootyAI game that fits the tensors' shapes
};

/// Reads what write_weights wrote, or a FootyAI network of any number of layers and players, as a checkpoint on CPU.
/// Both teams share its network. Such files hold no critic: if the config has one, it is untrained. Throws BadInput
/// with one sentence.
Checkpoint read_weights(const std::string& path, const WeightsOptions& options);

}  // namespace matchday
