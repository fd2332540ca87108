// A network made ready to be asked many times, in the quickest way that its device and precision have.
#pragma once

#include <optional>

#include "policy/packed_network.h"

namespace matchday {

/// Does not follow the network's changes.
class PreparedNetwork {
 public:
  /// precision: of the hidden layers, float32 or bfloat16. A stacked network is left as it is.
  PreparedNetwork(const Network& network, at::ScalarType precision);

  /// As `decide` and `expected_return`, into tensors of the caller's, contiguous. observation: float32 [..., D];
  /// hidden: float32 [..., H], if it is defined, as PackedNetwork says.
  void decide(const at::Tensor& observation, const at::Tensor& mean, const at::Tensor& log_std,
              const at::Tensor& hidden = {}) const;
  void expect(const at::Tensor& observation, const at::Tensor& value) const;

 private:
  Network network_;
  std::optional<PackedNetwork> packed_;  ///< where a CPU's kernels compute it
};

}  // namespace matchday
