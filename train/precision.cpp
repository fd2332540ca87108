#include "train/precision.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>

#include "kernels/cpu/kernels.h"
#include "train/gradient/gradient.h"

namespace matchday {
namespace {

/// Ten of the kernels' tiles.
constexpr std::int64_t rows_measured = 960;
constexpr int runs_measured = 7;

/// Samples of zeros: how long an update takes does not depend on the numbers.
Samples some_samples(const NetworkShape& shape) {
  const auto zeros = [](at::IntArrayRef sizes) { return at::zeros(sizes, at::kFloat); };
  return {.observation = zeros({rows_measured, shape.inputs}),
          .pre_squash = zeros({rows_measured, shape.outputs}),
          .log_prob = zeros({rows_measured}),
          .advantage = zeros({rows_measured}),
          .target = zeros({rows_measured})};
}

}  // namespace

double speedup_in_bfloat16(const Config& config) {
  if (!kernels::cpu_kernels().multiplies_bfloat16) return 0.0;
  const Network network = make_network(config.rules, config.network, config.train.seed, at::kCPU);
  Samples samples = some_samples(network_shape(config.rules, config.network));
  if (config.network.critic_hidden.empty()) samples.target = at::Tensor();
  const at::Tensor variance = at::ones({1}, at::kFloat);
  ThreadPool one_thread(1);
  const auto seconds_in = [&](at::ScalarType precision) {
    samples.observation = samples.observation.to(precision);
    const auto start = std::chrono::steady_clock::now();
    loss_gradient(network, samples, {}, {}, variance, one_thread, {precision});
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  // In turn, so that a machine that slows down for a moment slows both.
  double in_float32 = 1e9;
  double in_bfloat16 = 1e9;
  for (int run = 0; run < runs_measured; ++run) {
    in_float32 = std::min(in_float32, seconds_in(at::kFloat));
    in_bfloat16 = std::min(in_bfloat16, seconds_in(at::kBFloat16));
  }
  return in_float32 / in_bfloat16;
}

}  // namespace matchday
