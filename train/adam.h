// Adam with gradient clipping and a guard against bad numbers, all on the device.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "policy/network.h"

namespace matchday {

struct AdamOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double gradient_norm = 1.0;  ///< longer gradients are shortened to this
};

/// Owns the optimiser's state for one network (Kingma & Ba 2015).
class Adam {
 public:
  Adam(const Network& network, const AdamOptions& options);

  /// Clips the gradient by its norm and moves the parameters. learning_rate: float32 []. A gradient that is not finite
  /// moves nothing and is counted. Where `pause` (bool []) is true nothing moves either. Gives the norm before
  /// clipping, float32 []. Never waits for the device.
  at::Tensor step(const at::Tensor& learning_rate, const at::Tensor& pause = {});

  /// Updates skipped because of a gradient that was not finite: float32 [].
  const at::Tensor& skipped() const { return skipped_; }

  /// Which of the parameters had such a gradient when that last happened, by their place: float32 [], -1 for none yet.
  const at::Tensor& culprit() const { return culprit_; }

 private:
  AdamOptions options_;
  std::vector<at::Tensor> parameters_;
  std::vector<at::Tensor> means_;
  std::vector<at::Tensor> squares_;
  std::vector<at::Tensor> steps_;
  at::Tensor skipped_;
  at::Tensor culprit_;
};

}  // namespace matchday
