// The forward pass through a trunk (config/trunk.h), for whatever x is: a tensor, or a node of a graph.
#pragma once

#include <vector>

#include "config/trunk.h"

namespace matchday {

/// x after these steps. layer(x) is the next layer's output, relu(x) and normalise(x, width) are what they are called;
/// X has a +.
template <class X, class Layer, class Relu, class Normalise>
X through_trunk(const std::vector<TrunkStep>& steps, X x, const Layer& layer, const Relu& relu,
                const Normalise& normalise) {
  X branch{};  // nothing, so that x is not held longer than it is needed
  for (const TrunkStep& step : steps) {
    switch (step.operation) {
      case TrunkOperation::linear:
        x = layer(x);
        break;
      case TrunkOperation::relu:
        x = relu(x);
        break;
      case TrunkOperation::normalise:
        x = normalise(x, step.width);
        break;
      case TrunkOperation::branch:
        branch = x;
        break;
      case TrunkOperation::add:
        x = branch + x;
        break;
    }
  }
  return x;
}

}  // namespace matchday
