// Where a network's numbers lie in one flat array, and what its outputs stand for. Plain numbers, no tensors.
#pragma once

#include <cstdint>
#include <vector>

namespace matchday::kernels {

/// A linear layer: weight [outputs, inputs] and bias [outputs], by their places in the flat array.
struct LayerPlan {
  int inputs = 0;
  int outputs = 0;
  std::int64_t weight = -1;  ///< -1: it has none, and gives its bias whatever it reads
  std::int64_t bias = -1;    ///< -1: there is no such layer
};

/// What the policy's last numbers stand for (policy/network_options.h).
struct HeadPlan {
  bool squashed = true;  ///< the mean is any number and actions are tanh of what is drawn; else FootyAI's own head:
                         ///< the mean is a tanh, actions are what is drawn, and log sigma is cut off at its bounds
  float log_std_lowest = 0;
  float log_std_highest = 0;
};

struct NetworkPlan {
  int inputs = 0;         ///< D
  int outputs = 0;        ///< K, a multiple of 4
  bool residual = false;  ///< after the first layer, blocks of two; else plain layers
  HeadPlan head;
  std::vector<LayerPlan> layers;
  LayerPlan mean;
  LayerPlan log_sigma;
  std::vector<LayerPlan> critic_layers;  ///< none: there is no critic
  LayerPlan value;
};

}  // namespace matchday::kernels
