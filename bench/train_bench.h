// How fast teams learn: the simulation with inference, and with training.
#pragma once

#include <string>

#include "policy/network.h"
#include "train/config.h"

namespace matchday::bench {

struct TrainBenchOptions {
  Config config;
  at::Device device = at::kCPU;
  bool update = true;    ///< whole iterations; else rollouts alone
  double seconds = 0.5;  ///< of each of the runs of which the best counts, at least one iteration
};

struct TrainBenchResult {
  double match_steps_per_second;  ///< the best run's
  double bound;                   ///< match-steps a second that this machine could do at most
  std::string bound_by;           ///< products or bytes: what takes most of it
  double flops_per_match_step;    ///< of the networks' matrix products
  double bytes_per_match_step;    ///< of the trajectory, each number once to the memory and once back
  double product_peak;            ///< flop/s of large matrix products in the config's precision
  bool graphs;                    ///< whether what was measured is launched as recorded graphs: iterations alone can be
  std::uint64_t signature;        ///< a hash of the weights after a few iterations, or of a few rollouts
};

/// Floating-point operations of the networks' matrix products in a match-step, both teams': forward in the rollout;
/// with the update in every epoch forward, unless the rollout kept that, and back by weights and by inputs.
double flops_of(const Config& config, const Network& network, bool update, bool keeps_activations);

/// Measures rollouts, or rollouts with returns and update, of a config. The bound is the slower of: all products of the
/// networks at the speed of large ones, the trajectory's bytes at the speed at which such an amount is copied.
TrainBenchResult bench_training(const TrainBenchOptions& options);

}  // namespace matchday::bench
