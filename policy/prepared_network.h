// A network prepared for many forward passes, in the fastest way for its device and precision.
#pragma once

#include <optional>

#include "policy/packed_network.h"

namespace matchday {

/// Make a new one when the network changes.
class PreparedNetwork {
 public:
  /// precision: of the hidden layers, float32 or bfloat16. A stacked network is left as it is.
  PreparedNetwork(const Network& network, at::ScalarType precision);

  /// As `decide` and `predict_values`, written into the caller's contiguous tensors. observation: float32 [..., D];
  /// hidden: [..., H] in the precision, see PackedNetwork, or undefined.
  void decide(const at::Tensor& observation, const at::Tensor& mean, const at::Tensor& log_std,
              const at::Tensor& hidden = {}) const;
  void predict_values(const at::Tensor& observation, const at::Tensor& value) const;

 private:
  Network network_;
  std::optional<PackedNetwork> packed_;  ///< if the CPU's kernels compute it
};

}  // namespace matchday
