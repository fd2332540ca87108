// Adam with gradient clipping and a guard against numbers that are not finite, all on the device.
#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/adam_options.h"
#include "policy/network.h"

namespace matchday {

/// What an optimiser remembers from step to step. Copies share their tensors.
struct AdamState {
  at::Tensor mean;     ///< float32 [P], of the gradients
  at::Tensor square;   ///< float32 [P]
  at::Tensor steps;    ///< float32 []
  at::Tensor skipped;  ///< float32 []
  at::Tensor culprit;  ///< int64 []
};

/// Owns the optimiser's state for one network (Kingma & Ba 2015).
class Adam {
 public:
  Adam(const Network& network, const AdamOptions& options);

  /// Clips the network's gradient by its norm and updates the parameters. learning_rate: float32 []. A gradient that
  /// is not finite changes nothing and is counted. If `pause` (bool []) is true, nothing changes either. Returns the
  /// norm before clipping, float32 []. Never waits for the device.
  at::Tensor step(const at::Tensor& learning_rate, const at::Tensor& pause = {});

  /// Updates skipped because of a gradient that was not finite: float32 [].
  const at::Tensor& skipped() const { return state_.skipped; }

  /// Index in the flat gradient of the first non-finite number of the last skipped update: int64 []; -1: none yet.
  const at::Tensor& culprit() const { return state_.culprit; }

  const AdamState& state() const { return state_; }
  /// Copies the values of another state, which may be on any device.
  void restore(const AdamState& state) const;

 private:
  AdamOptions options_;
  at::Tensor flat_;
  at::Tensor gradient_;
  AdamState state_;
};

}  // namespace matchday
