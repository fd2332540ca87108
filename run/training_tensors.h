// The tensors of a training state by the names that they have in a checkpoint.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>

#include "rules/rules.h"
#include "train/training_state.h"

namespace matchday {

/// The state's tensors by their names in a file.
std::map<std::string, at::Tensor> training_tensors(const TrainingState& state);

/// The state that was saved as these tensors, which may come from a corrupt file. like: a state of the same run, under
/// these rules, whose shapes and types are required. Throws BadInput, naming `where` and the tensor.
TrainingState training_state(const std::map<std::string, at::Tensor>& tensors, const TrainingState& like,
                             const Rules& rules, const std::string& where);

}  // namespace matchday
