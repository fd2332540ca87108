// Graphs as TorchScript files.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <map>
#include <string>

#include "export/graph.h"

namespace matchday {

/// The file in a TorchScript archive that holds the metadata, as a JSON object of texts.
inline constexpr char torchscript_metadata[] = "metadata.json";

/// Writes a module whose forward(observation: float32 [B, D]) is the graph's action. Its weights are parameters, named
/// as in the policy's state dict with underscores for dots. Throws BadInput if the file can't be written.
void write_torchscript(const std::string& path, const Graph& graph, const std::map<std::string, std::string>& metadata);

/// Loads a module and returns its forward. Throws what torch throws.
std::function<at::Tensor(const at::Tensor& observation)> read_torchscript(const std::string& path);

}  // namespace matchday
