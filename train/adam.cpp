#include "train/adam.h"

#include <ATen/ATen.h>

#include "kernels/network_operators.h"

namespace matchday {
Adam::Adam(const Network& network, const AdamOptions& options)
    : options_(options),
      flat_(network.flat),
      gradient_(network.gradient),
      state_{at::zeros_like(flat_), at::zeros_like(flat_), at::zeros({}, flat_.options()),
             at::zeros({}, flat_.options()), at::full({}, -1, flat_.options().dtype(at::kLong))} {}

at::Tensor Adam::step(const at::Tensor& learning_rate, const at::Tensor& pause) {
  const at::NoGradGuard no_gradient;
  if (flat_.is_cuda() && flat_.scalar_type() == at::kFloat)
    return operators::adam_step(
        {flat_, gradient_, state_.mean, state_.square, state_.steps, state_.skipped, state_.culprit}, options_,
        learning_rate, pause);
  const at::Tensor norm = at::linalg_vector_norm(gradient_);
  const at::Tensor bad = norm.isfinite().logical_not();
  state_.skipped += bad;
  // Other devices search for the culprit at every step: to learn whether there is one, the host would have to wait.
  if (!bad.is_cpu() || bad.item<bool>())
    state_.culprit.copy_(at::where(bad, gradient_.isfinite().to(at::kByte).argmin(), state_.culprit));
  gradient_.mul_((options_.gradient_norm / (norm + gradient_norm_floor)).clamp_max(1.0));
  const at::Tensor idle = (pause.defined() ? bad.logical_or(pause) : bad).to(at::kFloat);
  state_.steps += 1.0 - idle;
  at::_fused_adam_({flat_}, {gradient_}, {state_.mean}, {state_.square}, {}, {state_.steps}, learning_rate,
                   options_.beta1, options_.beta2, 0.0, options_.epsilon, false, false, {}, idle);
  return norm;
}

void Adam::restore(const AdamState& state) const {
  state_.mean.copy_(state.mean);
  state_.square.copy_(state.square);
  state_.steps.copy_(state.steps);
  state_.skipped.copy_(state.skipped);
  state_.culprit.copy_(state.culprit);
}

}  // namespace matchday
