#include "train/adam.h"

#include <torch/torch.h>

namespace matchday {
namespace {

/// Keeps the clip factor defined for a zero gradient; the value of torch's clip_grad_norm_.
constexpr double norm_floor = 1e-6;

}  // namespace

Adam::Adam(const TeamNetworks& networks, const AdamOptions& options) : options_(options) {
  for (const TeamNetwork& network : networks)
    for (const at::Tensor& parameter : network->parameters()) {
      parameters_.push_back(parameter);
      means_.push_back(at::zeros_like(parameter));
      squares_.push_back(at::zeros_like(parameter));
      steps_.push_back(at::zeros({}, parameter.options()).detach());
    }
  skipped_ = at::zeros({}, parameters_.front().options()).detach();
}

void Adam::zero_gradients() {
  for (at::Tensor& parameter : parameters_) parameter.mutable_grad() = at::zeros_like(parameter);
}

at::Tensor Adam::step(const at::Tensor& learning_rate) {
  const torch::NoGradGuard no_gradient;
  std::vector<at::Tensor> gradients;
  for (const at::Tensor& parameter : parameters_) gradients.push_back(parameter.grad());

  const at::Tensor norm = at::linalg_vector_norm(at::stack(at::_foreach_norm(gradients, 2)));
  at::_foreach_mul_(gradients, (options_.gradient_norm / (norm + norm_floor)).clamp_max(1.0));
  const at::Tensor bad = norm.isfinite().logical_not().to(at::kFloat);
  skipped_ += bad;
  for (at::Tensor& step : steps_) step += 1.0 - bad;
  at::_fused_adam_(parameters_, gradients, means_, squares_, {}, steps_, learning_rate, options_.beta1, options_.beta2,
                   0.0, options_.epsilon, false, false, {}, bad);
  return norm;
}

}  // namespace matchday
