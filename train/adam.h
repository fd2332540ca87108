// Adam with gradient clipping and a guard against bad numbers, all on the device.
#pragma once

#include <ATen/core/Tensor.h>

#include "policy/network.h"

namespace matchday {

struct AdamOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double gradient_norm = 1.0;  ///< longer gradients are shortened to this
};

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

  /// Clips the network's gradient by its norm and moves the parameters. learning_rate: float32 []. A gradient that is
  /// not finite moves nothing and is counted. Where `pause` (bool []) is true nothing moves either. Gives the norm
  /// before clipping, float32 []. Never waits for the device.
  at::Tensor step(const at::Tensor& learning_rate, const at::Tensor& pause = {});

  /// Updates skipped because of a gradient that was not finite: float32 [].
  const at::Tensor& skipped() const { return state_.skipped; }

  /// Where in the flat gradient the first such number stood when that last happened: int64 [], -1 for none yet.
  const at::Tensor& culprit() const { return state_.culprit; }

  const AdamState& state() const { return state_; }
  /// Takes over the numbers of another state, from any device.
  void restore(const AdamState& state) const;

 private:
  AdamOptions options_;
  at::Tensor flat_;
  at::Tensor gradient_;
  AdamState state_;
};

}  // namespace matchday
