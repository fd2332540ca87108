// The kernels on the CPU: one table of functions for each instruction set that they were compiled for.
#pragma once

#include <string_view>
#include <vector>

#include "kernels/bots/own_view.h"
#include "kernels/cpu/network_kernels.h"
#include "kernels/discounted_returns.h"
#include "kernels/match.h"

namespace matchday::kernels {

/// Every function takes the matches first .. last - 1 of its arrays, so that several threads can share them.
struct CpuKernels {
  std::string_view instruction_set;
  int lanes;  ///< matches at once

  /// One rollout step: sampling, step, restarts, observations. Returns the number of non-finite action components.
  std::int64_t (*rollout_step)(const MatchConstants&, const MatchArrays&, const RolloutArrays&, std::int64_t first,
                               std::int64_t last);
  /// Starts the next match at every place, or where mask (bool [B]) is set.
  void (*start)(const MatchConstants&, const MatchArrays&, const bool* mask, std::int64_t first, std::int64_t last);
  /// What both teams see: observation float32 [2, B, D].
  void (*observe)(const MatchConstants&, const MatchArrays&, float* observation, std::int64_t first, std::int64_t last);
  /// What every player sees: observation float32 [2, B, N, P].
  void (*observe_players)(const MatchConstants&, const MatchArrays&, float* observation, std::int64_t first,
                          std::int64_t last);
  /// Standard normal noise for all players: noise float32 [2, B, N, 4].
  void (*noise)(const NoiseArrays&, float* noise, std::int64_t first, std::int64_t last);
  void (*sample_actions)(const NoiseArrays&, const SampleArrays&, std::int64_t first, std::int64_t last);
  /// Bots' actions for the teams that they move.
  void (*bot_actions)(const BotConstants&, const BotArrays&, std::int64_t first, std::int64_t last);
  void (*discounted_returns)(const ReturnsArrays&, std::int64_t first, std::int64_t last);
  const NetworkKernels* network;
  const NetworkKernels* bfloat16_network;  ///< with hidden layers in bfloat16
};

/// The kernels that this machine can run, the fastest first.
std::vector<const CpuKernels*> runnable_cpu_kernels();

/// The fastest kernels, or those of the instruction set named by the environment variable MATCHDAY_INSTRUCTION_SET.
const CpuKernels& cpu_kernels();

}  // namespace matchday::kernels
