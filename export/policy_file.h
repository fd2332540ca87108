// Exported policies as files: written, read back, and held against the program's own play before they count.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "export/exported_policy.h"

namespace matchday {

enum class Format { safetensors, torchscript, onnx };

/// "safetensors", "torchscript" or "onnx".
Format format_called(const std::string& name);

/// The format that a file's ending tells: .safetensors, .pt, .onnx; or nothing.
std::optional<Format> format_of_ending(const std::string& path);

/// What an exported policy does: observation float32 [B, D] -> action [B, 4N], as policy_graph.h says.
using Answers = std::function<at::Tensor(const at::Tensor& observation)>;

/// A written file's answers, computed in ATen. Sampled ones are drawn by torch's own generator.
Answers read_policy(const std::string& path, Format format, Decisions decisions);

/// How far a file's answers are from the program's.
struct Agreement {
  std::int64_t compared = 0;  ///< observations
  /// More observations, not compared: two others are equally far from a player but for rounding, and it makes a
  /// difference which of them comes first.
  std::int64_t undecided = 0;
  double worst = 0.0;  ///< largest difference of two action components; NaN if one is not finite
};

/// Compares answers with what the policy does itself, of both teams, at moments of matches that it plays against
/// itself. observations: how many to compare. Throws std::runtime_error if the answers have another shape.
Agreement compare(const ExportedPolicy& policy, const Answers& answers, std::int64_t observations);

/// Answers that are farther off than this are wrong.
inline constexpr double largest_difference = 1e-4;

/// Writes the policy, reads it back and compares 1,000 observations. The file appears only when it agrees. Throws
/// BadInput if it can't be written and std::runtime_error if it is wrong.
Agreement write_policy(const std::string& path, Format format, const ExportedPolicy& policy);

}  // namespace matchday
