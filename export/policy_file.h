// Exported policies as files: written, read back, and compared with the program's own actions before they appear.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "export/exported_policy.h"

namespace matchday {

enum class Format { safetensors, torchscript, onnx };

/// "safetensors", "torchscript" or "onnx".
Format format_called(const std::string& name);

/// The format of a file's extension, .safetensors, .pt or .onnx; else nothing.
std::optional<Format> format_of_ending(const std::string& path);

/// An exported policy as a function: observation float32 [B, D] -> action [B, 4N], as policy_graph.h says.
using Answers = std::function<at::Tensor(const at::Tensor& observation)>;

/// The function in a written file, computed in ATen. Samples are drawn by torch's own generator.
Answers read_policy(const std::string& path, Format format, Decisions decisions);

/// How far a file's actions are from the program's.
struct Agreement {
  std::int64_t compared = 0;  ///< observations
  /// More observations, not compared: rounding decides which of two others is nearer to a player, and their order
  /// changes the action.
  std::int64_t undecided = 0;
  double worst = 0.0;  ///< largest difference of two action components; NaN if one is not finite
};

/// Compares answers with the program's own actions, for both teams, in matches that the policy plays against itself.
/// observations: how many to compare. Throws std::runtime_error if the answers have another shape.
Agreement compare(const ExportedPolicy& policy, const Answers& answers, std::int64_t observations);

/// Answers with a larger difference are wrong.
inline constexpr double largest_difference = 1e-4;

/// Writes the policy, reads it back and compares 1,000 observations. The file appears only if it agrees. Throws
/// BadInput if it can't be written and std::runtime_error if it is wrong.
Agreement write_policy(const std::string& path, Format format, const ExportedPolicy& policy);

}  // namespace matchday
