#include "train/adam.h"

#include <torch/torch.h>

namespace matchday {
namespace {

/// Keeps the clip factor defined for a zero gradient; the value of torch's clip_grad_norm_.
constexpr double norm_floor = 1e-6;

}  // namespace

Adam::Adam(const Network& network, const AdamOptions& options) : options_(options) {
  for (const NamedTensor& parameter : parameters(network)) {
    parameters_.push_back(parameter.tensor);
    means_.push_back(at::zeros_like(parameter.tensor));
    squares_.push_back(at::zeros_like(parameter.tensor));
    steps_.push_back(at::zeros({}, parameter.tensor.options()).detach());
  }
  skipped_ = at::zeros({}, parameters_.front().options()).detach();
  culprit_ = at::full_like(skipped_, -1.0);
}

at::Tensor Adam::step(const at::Tensor& learning_rate, const at::Tensor& pause) {
  const torch::NoGradGuard no_gradient;
  std::vector<at::Tensor> gradients;
  for (const at::Tensor& parameter : parameters_)
    gradients.push_back(parameter.grad().defined() ? parameter.grad() : at::zeros_like(parameter));

  const at::Tensor norms = at::stack(at::_foreach_norm(gradients, 2));
  const at::Tensor norm = at::linalg_vector_norm(norms);
  const at::Tensor finite = norms.isfinite();
  const at::Tensor bad = finite.all().logical_not();
  at::_foreach_mul_(gradients, (options_.gradient_norm / (norm + norm_floor)).clamp_max(1.0));
  skipped_ += bad.to(at::kFloat);
  culprit_.copy_(at::where(bad, finite.logical_not().to(at::kFloat).argmax().to(at::kFloat), culprit_));
  const at::Tensor idle = (pause.defined() ? bad.logical_or(pause) : bad).to(at::kFloat);
  for (at::Tensor& step : steps_) step += 1.0 - idle;
  at::_fused_adam_(parameters_, gradients, means_, squares_, {}, steps_, learning_rate, options_.beta1, options_.beta2,
                   0.0, options_.epsilon, false, false, {}, idle);
  return norm;
}

}  // namespace matchday
