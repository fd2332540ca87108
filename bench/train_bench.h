// How fast teams learn: the simulation with inference, and with training.
#pragma once

#include <string>

#include "config/config.h"
#include "policy/network.h"

namespace matchday::bench {

struct TrainBenchOptions {
  Config config;
  at::Device device = at::kCPU;
  bool update = true;    ///< whole iterations; else rollouts alone
  double seconds = 0.5;  ///< of each run, at least one iteration; the best run counts
};

struct TrainBenchResult {
  double match_steps_per_second;  ///< the best run's
  double bound;                   ///< match-steps a second that this machine could do at most
  std::string bound_by;           ///< products or bytes: what limits the bound
  double flops_per_match_step;    ///< of the networks' matrix products
  double bytes_per_match_step;    ///< of the trajectory, each number written once and read once
  double product_peak;            ///< flop/s of large matrix products in the config's precision
  bool graphs;                    ///< whether CUDA graphs were launched, which only whole iterations can use
  std::uint64_t signature;        ///< a hash of the weights after a few iterations, or of a rollout's samples
};

/// Floating-point operations of both teams' matrix products in a match-step: forward in the rollout; with the update in
/// every epoch forward again, unless the rollout kept the activations, and backward by weights and by inputs.
double flops_of(const Config& config, const Network& network, bool update, bool keeps_activations);

/// Measures rollouts, or rollouts with returns and update, of a config. The bound is the slower of: all matrix products
/// at the speed of large ones, the trajectory's bytes at the speed of copying as much memory.
TrainBenchResult bench_training(const TrainBenchOptions& options);

}  // namespace matchday::bench
