#include "train/adam.h"

#include <ATen/ATen.h>

namespace matchday {
namespace {

/// Keeps the clip factor defined for a zero gradient; the value of torch's clip_grad_norm_.
constexpr double norm_floor = 1e-6;

}  // namespace

Adam::Adam(const Network& network, const AdamOptions& options)
    : options_(options),
      flat_(network.flat),
      gradient_(network.gradient),
      mean_(at::zeros_like(flat_)),
      square_(at::zeros_like(flat_)),
      steps_(at::zeros({}, flat_.options())),
      skipped_(at::zeros({}, flat_.options())),
      culprit_(at::full({}, -1, flat_.options().dtype(at::kLong))) {}

at::Tensor Adam::step(const at::Tensor& learning_rate, const at::Tensor& pause) {
  const at::NoGradGuard no_gradient;
  const at::Tensor norm = at::linalg_vector_norm(gradient_);
  const at::Tensor bad = norm.isfinite().logical_not();
  skipped_ += bad;
  // Elsewhere nobody waits to hear whether it is bad, but looks in any case.
  if (!bad.is_cpu() || bad.item<bool>())
    culprit_.copy_(at::where(bad, gradient_.isfinite().to(at::kByte).argmin(), culprit_));
  gradient_.mul_((options_.gradient_norm / (norm + norm_floor)).clamp_max(1.0));
  const at::Tensor idle = (pause.defined() ? bad.logical_or(pause) : bad).to(at::kFloat);
  steps_ += 1.0 - idle;
  at::_fused_adam_({flat_}, {gradient_}, {mean_}, {square_}, {}, {steps_}, learning_rate, options_.beta1,
                   options_.beta2, 0.0, options_.epsilon, false, false, {}, idle);
  return norm;
}

}  // namespace matchday
