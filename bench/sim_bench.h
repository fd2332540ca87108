// How fast matches are simulated: actions in, the next state, rewards and observations out. No policy, no learning.
#pragma once

#include <string>

#include "sim/simulator.h"

namespace matchday::bench {

/// What the players do.
enum class Play {
  random,   ///< uniform actions, as in others' benchmarks: bodies are spread, contacts are few
  chasing,  ///< everybody runs at the ball: a crowd in every match
};

struct SimBenchOptions {
  Rules rules;
  std::string backend = "native";  ///< native, tensor or reference
  at::Device device = at::kCPU;
  std::int64_t matches = 8192;
  int threads = 1;
  Play play = Play::random;
  double seconds = 0.5;  ///< of each run; the best run counts
};

struct SimBenchResult {
  std::string instructions;       ///< what the backend runs on: an instruction set of the CPU, "cuda", "aten", "scalar"
  double match_steps_per_second;  ///< the best run's
  double bound;                   ///< match-steps a second that this machine could do at most
  std::string bound_by;           ///< bytes, arithmetic or divisions: what limits the bound
  double bytes_per_match_step;
  double operations_per_match_step;
  double divisions_per_match_step;
  std::uint64_t signature;  ///< a hash of the states in the check against the reference core
};

/// First checks that the backend equals the reference core (throws std::runtime_error if not), then measures it. The
/// bound is the slowest of: all bytes at the speed of copying as much memory, all operations at the speed of unfused
/// multiplications and additions, all divisions and roots at theirs.
SimBenchResult bench_simulation(const SimBenchOptions& options);

}  // namespace matchday::bench
