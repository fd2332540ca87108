#include "sim/action_distribution.h"

#include <ATen/ATen.h>

#include <cmath>
#include <numbers>

namespace matchday {
namespace {

const double half_log_two_pi = 0.5 * std::log(2.0 * std::numbers::pi);

/// log(1 - tanh(u)^2) = 2 (log 2 - u - softplus(-2u)): exact where 1 - tanh^2 itself would round to 0.
at::Tensor log_slope_of_tanh(const at::Tensor& u) { return (std::numbers::ln2 - u - at::softplus(u * -2.0)) * 2.0; }

}  // namespace

at::Tensor sample(const ActionDistribution& distribution, const at::Tensor& noise) {
  return distribution.mean + distribution.log_std.exp() * noise;
}

at::Tensor action_of(Squash squash, const at::Tensor& pre_squash) {
  return squash == Squash::tanh ? pre_squash.tanh() : pre_squash;
}

at::Tensor log_prob(const ActionDistribution& distribution, const at::Tensor& pre_squash) {
  const at::Tensor deviation = (pre_squash - distribution.mean) * (-distribution.log_std).exp();
  const at::Tensor gaussian = deviation.square() * -0.5 - distribution.log_std - half_log_two_pi;
  return distribution.squash == Squash::tanh ? gaussian - log_slope_of_tanh(pre_squash) : gaussian;
}

at::Tensor entropy(const ActionDistribution& distribution) { return distribution.log_std + (0.5 + half_log_two_pi); }

}  // namespace matchday
