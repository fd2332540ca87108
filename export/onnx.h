// Graphs as ONNX files, operator set 17.
#pragma once

#include <map>
#include <string>

#include "export/graph.h"

namespace matchday {

/// Writes a graph with the input "observation" [batch, D] and the output "action" [batch, 4N], both float32, and the
/// texts as the model's metadata. Throws BadInput if the file can't be written, or would be larger than ONNX allows.
void write_onnx(const std::string& path, const Graph& graph, const std::map<std::string, std::string>& metadata);

/// Reads back what write_onnx wrote. Throws std::runtime_error for anything else.
Graph read_onnx(const std::string& path);

}  // namespace matchday
