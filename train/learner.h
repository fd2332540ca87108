// A network that learns, with its optimiser.
#pragma once

#include "train/adam.h"

namespace matchday {

struct Learner {
  Network network;
  Adam adam;
  at::ScalarType precision = at::kFloat;  ///< of its hidden layers
};

}  // namespace matchday
