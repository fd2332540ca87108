#include "bench/train_bench.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <functional>

#include "bench/clock.h"
#include "bench/machine.h"
#include "formats/signature.h"
#include "train/device.h"
#include "train/memory.h"
#include "train/trainer.h"

namespace matchday::bench {
namespace {

/// Iterations before the clock starts; the signature is taken after them.
constexpr int warm_up = 2;

/// Assumed progress of the run, 0 to 1: after the teacher's part, like most of a run.
constexpr double middle = 0.5;

/// Multiplications of one row's forward pass through all layers, and those of the first layer, whose inputs need no
/// gradient.
struct Products {
  double all = 0.0;
  double first = 0.0;
};

Products products_of(const Network& network, bool critic) {
  Products products;
  for (const NamedTensor& parameter : parameters(network)) {
    const bool of_critic = parameter.name.starts_with("critic_layers.") || parameter.name.starts_with("fc_value.");
    if (parameter.tensor.dim() != 2 || of_critic != critic) continue;
    products.all += static_cast<double>(parameter.tensor.numel());
    if (parameter.name.ends_with("layers.0.weight")) products.first += static_cast<double>(parameter.tensor.numel());
  }
  return products;
}

double bytes_of(const Config& config, std::int64_t activations) {
  const NetworkShape shape = network_shape(config.rules, config.network);
  const double numbers = 2.0 * static_cast<double>(shape.rows * (shape.inputs + shape.outputs + 4 + activations));
  return 2.0 * 4.0 * numbers;
}

}  // namespace

double flops_of(const Config& config, const Network& network, bool update, bool keeps_activations) {
  const double rows = 2.0 * static_cast<double>(network_shape(config.rules, config.network).rows);
  const double epochs = config.train.algorithm == Algorithm::ppo ? static_cast<double>(config.train.epochs) : 1.0;
  double multiplications = 0.0;
  for (const bool critic : {false, true}) {
    if (critic && !needs_critic(config.train)) continue;
    const Products products = products_of(network, critic);
    multiplications += products.all;
    const double again = critic || !keeps_activations ? 1.0 : 0.0;
    if (update) multiplications += epochs * ((2.0 + again) * products.all - products.first);
  }
  return 2.0 * rows * multiplications;
}

TrainBenchResult bench_training(const TrainBenchOptions& options) {
  const Config& config = options.config;
  Trainer trainer(config, options.device);
  const auto iterate = [&] {
    if (options.update)
      trainer.iterate(middle);
    else
      trainer.collect(middle);
  };
  for (int k = 0; k < warm_up; ++k) iterate();
  std::uint64_t signature = empty_signature;
  if (options.update)
    for (const Network& network : trainer.networks()) add_to(signature, network.flat.cpu());
  else
    add_to(signature, trainer.collect(middle).pre_squash.cpu());

  double best = 1e30;
  for (int run = 0; run < runs; ++run) {
    const std::int64_t before = trainer.match_steps();
    const double start = now();
    do iterate();
    while (now() - start < options.seconds);
    finish(options.device);
    best = std::min(best, (now() - start) / static_cast<double>(trainer.match_steps() - before));
  }

  const std::int64_t activations = kept_activations(config, options.device);
  const double flops = flops_of(config, trainer.networks().front(), options.update, activations > 0);
  const double bytes = bytes_of(config, activations);
  const int threads = trainer.thread_pool().threads();
  const double product_peak = product_rate(options.device, precision_of(config.train, options.device), threads);
  const MachinePeak peak = machine_peak(
      options.device, threads, static_cast<std::int64_t>(bytes / 2.0) * config.train.matches * rollout_steps(config));
  const bool by_products = product_peak / flops < peak.bytes_per_second / bytes;
  return {1.0 / best,
          by_products ? product_peak / flops : peak.bytes_per_second / bytes,
          by_products ? "products" : "bytes",
          flops,
          bytes,
          product_peak,
          trainer.work().launches() > 0,
          signature};
}

}  // namespace matchday::bench
