// NetworkPlan: where a network's parameters lie in one flat array, and what is computed with them. No tensors.
#pragma once

#include <cstdint>
#include <vector>

#include "config/trunk.h"

namespace matchday::kernels {

/// A linear layer: weight [outputs, inputs] and bias [outputs], by their offsets in the flat array.
struct LayerPlan {
  int inputs = 0;
  int outputs = 0;
  std::int64_t weight = -1;  ///< -1: no weight; the output is the bias, whatever the input
  std::int64_t bias = -1;    ///< -1: the layer does not exist
};

/// What the policy's outputs mean (config/network_options.h).
struct HeadPlan {
  bool squashed = true;  ///< the mean is unbounded and an action is tanh of the sample; else FootyAI's own head:
                         ///< the mean is a tanh, an action is the sample, and log sigma is clamped to its bounds
  float log_std_lowest = 0;
  float log_std_highest = 0;
};

struct TrunkPlan {
  std::vector<TrunkStep> steps;
  std::vector<LayerPlan> layers;  ///< of its linear steps
};

struct NetworkPlan {
  int inputs = 0;   ///< D
  int outputs = 0;  ///< K, a multiple of 4
  HeadPlan head;
  TrunkPlan trunk;
  LayerPlan mean;
  LayerPlan log_std_raw;
  TrunkPlan critic;  ///< empty: no critic
  LayerPlan value;
};

}  // namespace matchday::kernels
