// Adam with gradient clipping and a guard against bad numbers, all on the device.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "train/rollout.h"

namespace matchday {

struct AdamOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double gradient_norm = 1.0;  ///< longer gradients are shortened to this
};

/// Owns the optimiser's state (Kingma & Ba 2015), for one network or several together.
class Adam {
 public:
  Adam(const TeamNetworks& networks, const AdamOptions& options);

  void zero_gradients();

  /// Clips the gradients by their common norm and moves the parameters. learning_rate: float32 []. A gradient that is
  /// not finite moves nothing and is counted. Gives the norm before clipping, float32 []. Never waits for the device.
  at::Tensor step(const at::Tensor& learning_rate);

  /// Updates skipped because of a gradient that was not finite: float32 [].
  const at::Tensor& skipped() const { return skipped_; }

 private:
  AdamOptions options_;
  std::vector<at::Tensor> parameters_;
  std::vector<at::Tensor> means_;
  std::vector<at::Tensor> squares_;
  std::vector<at::Tensor> steps_;
  at::Tensor skipped_;
};

}  // namespace matchday
