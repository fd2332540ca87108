// Does matchday learn as FootyAI did? One whole update, recorded from the original program and computed again.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace matchday {

/// How far a quantity of the update is from the recorded one.
struct QuantityError {
  std::string name;  ///< as in the file; "step of NAME" is how far a weight tensor moved
  double error;  ///< largest absolute difference, divided by the root mean square of the recorded quantity, so that it
                 ///< is never less than the ratio of Euclidean norms |ours - theirs| / |theirs|
  double tolerance;
};

struct UpdateReport {
  std::vector<QuantityError> errors;           ///< of everything compared, in the order in which an update computes it
  std::optional<QuantityError> first_failure;  ///< the first of them that is beyond its tolerance
};

/// Computes a whole update from the recorded rewards, observations, actions and weights, as the trainer does under the
/// preset footyai-v2, and compares every quantity on the way: returns, distributions, log-probabilities, loss,
/// gradients, and the weights after one step of Adam. Throws BadInput, naming the tensor, if the recording is not one
/// of an update.
UpdateReport check_recorded_update(const std::map<std::string, at::Tensor>& recording, at::Device device = at::kCPU);

}  // namespace matchday
