// One rollout with its own buffers.
#pragma once

#include "train/rollout.h"

namespace matchday {

struct PlayedRollout {
  std::int64_t steps;
  at::Tensor shaping;
  bool autoreset;
  bool in_one_block = false;
  Bot teacher = Bot::nobody;
};

inline Trajectory rollout(Simulator& simulator, const Networks& networks, Opponents& opponents, ThreadPool& thread_pool,
                          const PlayedRollout& played) {
  const bool has_critic = networks[0].value.bias.defined();
  return Rollout(simulator, opponents, thread_pool, networks[0].options,
                 {.steps = played.steps,
                  .independent_teams = networks.size() == 2,
                  .predict_values = has_critic,
                  .autoreset = played.autoreset,
                  .teacher = played.teacher,
                  .in_one_block = played.in_one_block})
      .collect(networks, played.shaping, played.teacher == Bot::nobody ? at::Tensor() : at::ones({}));
}

}  // namespace matchday
