#include "sim/action_distribution.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <utility>
#include <vector>

#include "tests/support/catch.h"

using namespace matchday;

namespace {

at::Tensor number(double value) { return at::scalar_tensor(value, at::kDouble); }

/// The standard normal distribution function.
double normal_below(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

/// The probability that log_prob gives to the squashed actions between two bounds, by the midpoint rule.
double probability(const ActionDistribution& distribution, double from, double to) {
  constexpr std::int64_t pieces = 400000;
  const double width = (to - from) / static_cast<double>(pieces);
  const at::Tensor action = (at::arange(pieces, at::kDouble) + 0.5) * width + from;
  return log_prob(distribution, action.atanh()).exp().sum().item<double>() * width;
}

struct Bell {
  double mean;
  double deviation;
};

const std::vector<Bell> bells{{0.0, 0.5}, {0.3, 0.05}, {-1.0, 0.8}, {0.2, 1.6}};

ActionDistribution squashed(const Bell& bell) {
  return {Squash::tanh, number(bell.mean), number(std::log(bell.deviation))};
}

/// The largest difference between autograd's gradient of f at x and its central differences.
double gradient_error(const std::function<at::Tensor(const at::Tensor&)>& f, const at::Tensor& x) {
  const at::Tensor leaf = x.clone().requires_grad_(true);
  f(leaf).backward();
  const at::NoGradGuard no_gradient;
  double worst = 0.0;
  for (std::int64_t k = 0; k < x.numel(); ++k) {
    constexpr double h = 1e-5;
    at::Tensor up = x.clone(), down = x.clone();
    up.view(-1)[k] += h;
    down.view(-1)[k] -= h;
    const double slope = (f(up) - f(down)).item<double>() / (2.0 * h);
    worst = std::max(worst, std::abs(slope - leaf.grad().view(-1)[k].item<double>()));
  }
  return worst;
}

}  // namespace

TEST_CASE("a plain Gaussian's log-probability is the closed form") {
  for (const Bell& bell : bells)
    for (const double x : {-3.0, -0.2, 0.0, 0.4, 9.0}) {
      const double deviation = (x - bell.mean) / bell.deviation;
      const double density =
          std::exp(-0.5 * deviation * deviation) / (bell.deviation * std::sqrt(2.0 * std::numbers::pi));
      const ActionDistribution plain{Squash::none, number(bell.mean), number(std::log(bell.deviation))};
      if (density > 1e-300)
        CHECK(log_prob(plain, number(x)).item<double>() == Approx(std::log(density)).epsilon(1e-12).margin(1e-12));
    }
}

TEST_CASE("the squashed action's density integrates to one") {
  for (const Bell& bell : bells) {
    INFO("mean " << bell.mean << ", deviation " << bell.deviation);
    CHECK(probability(squashed(bell), -1.0, 1.0) == Approx(1.0).margin(2e-4));
  }
}

TEST_CASE("the squashed action falls between two bounds as often as the Gaussian between their inverse tanh") {
  for (const Bell& bell : bells)
    for (const auto& [from, to] : {std::pair(-0.9, -0.5), {-0.1, 0.2}, {0.3, 0.95}}) {
      const double expected = normal_below((std::atanh(to) - bell.mean) / bell.deviation) -
                              normal_below((std::atanh(from) - bell.mean) / bell.deviation);
      INFO("mean " << bell.mean << ", deviation " << bell.deviation << ", from " << from << " to " << to);
      CHECK(probability(squashed(bell), from, to) == Approx(expected).margin(1e-7));
    }
}

TEST_CASE("far out the squashed log-probability and its gradient stay finite and right") {
  for (const double u : {-90.0, -20.0, -9.5, 9.5, 20.0, 90.0}) {
    const at::Tensor mean = at::full({1}, 0.5F).requires_grad_(true);
    const at::Tensor log_std = at::full({1}, -0.25F).requires_grad_(true);
    const at::Tensor log_density = log_prob({Squash::tanh, mean, log_std}, at::full({1}, static_cast<float>(u)));
    log_density.sum().backward();
    // Here 1 - tanh(u)^2 is 4 exp(-2 |u|), to within a part in 10^8; in float32 tanh(u) is exactly +-1.
    const double log_slope = 2.0 * (std::numbers::ln2 - std::abs(u));
    const double deviation = (u - 0.5) * std::exp(0.25);
    const double gaussian = -0.5 * deviation * deviation + 0.25 - 0.5 * std::log(2.0 * std::numbers::pi);
    INFO("sample " << u);
    CHECK(log_density.item<double>() == Approx(gaussian - log_slope).epsilon(1e-6));
    CHECK(mean.grad().item<double>() == Approx(deviation * std::exp(0.25)).epsilon(1e-5));
    CHECK(log_std.grad().item<double>() == Approx(deviation * deviation - 1.0).epsilon(1e-5));
  }
}

TEST_CASE("entropy is the Gaussian's, by the closed form and by sampling") {
  at::manual_seed(1);
  for (const Bell& bell : bells) {
    const ActionDistribution plain{Squash::none, number(bell.mean), number(std::log(bell.deviation))};
    const double ours = entropy(plain).item<double>();
    const double variance = bell.deviation * bell.deviation;
    CHECK(ours == Approx(0.5 * std::log(2.0 * std::numbers::pi * std::numbers::e * variance)).margin(1e-12));
    // -log p has standard deviation sqrt(1/2), so the mean of a million is within 0.004.
    const at::Tensor samples = sample(plain, at::randn({1000000}, at::kDouble));
    CHECK(-log_prob(plain, samples).mean().item<double>() == Approx(ours).margin(0.004));
  }
}

TEST_CASE("gradients of log-probability and entropy agree with finite differences") {
  at::manual_seed(2);
  const at::Tensor mean = at::randn({3, 4}, at::kDouble);
  const at::Tensor log_std = at::randn({3, 4}, at::kDouble) * 0.5 - 0.7;
  const at::Tensor drawn = at::randn({3, 4}, at::kDouble) * 2.0;
  const at::Tensor weight = at::randn({3, 4}, at::kDouble);
  for (const Squash squash : {Squash::none, Squash::tanh}) {
    const auto along_mean = [&](const at::Tensor& m) { return (log_prob({squash, m, log_std}, drawn) * weight).sum(); };
    const auto along_log_std = [&](const at::Tensor& s) { return (log_prob({squash, mean, s}, drawn) * weight).sum(); };
    const auto along_drawn = [&](const at::Tensor& u) { return (log_prob({squash, mean, log_std}, u) * weight).sum(); };
    const auto of_entropy = [&](const at::Tensor& s) { return (entropy({squash, mean, s}) * weight).sum(); };
    CHECK(gradient_error(along_mean, mean) < 1e-6);
    CHECK(gradient_error(along_log_std, log_std) < 1e-6);
    CHECK(gradient_error(along_drawn, drawn) < 1e-6);
    CHECK(gradient_error(of_entropy, log_std) < 1e-8);
  }
}

TEST_CASE("a sample is the mean and so many standard deviations, and its action is squashed or not") {
  const ActionDistribution distribution{Squash::tanh, at::tensor({1.0, -2.0}), at::tensor({0.0, std::log(3.0)})};
  const at::Tensor drawn = sample(distribution, at::tensor({0.5, -1.0}));
  CHECK(at::allclose(drawn, at::tensor({1.5, -5.0}), 1e-6));
  CHECK(at::equal(action_of(Squash::none, drawn), drawn));
  CHECK(at::allclose(action_of(Squash::tanh, drawn), at::tensor({std::tanh(1.5), std::tanh(-5.0)}), 1e-6));
}
