// A rollout in room of its own.
#pragma once

#include "train/rollout.h"

namespace matchday {

struct PlayedRollout {
  std::int64_t steps;
  at::Tensor shaping;
  bool next_match_at_once;
  bool in_one_block = false;
  Bot teacher = Bot::nobody;
};

inline Trajectory rollout(Simulator& simulator, const Networks& networks, Opponents& opponents, Workers& workers,
                          const PlayedRollout& played) {
  const bool has_critic = networks[0].value.bias.defined();
  return Rollout(simulator, opponents, workers, networks[0].options,
                 {.steps = played.steps,
                  .independent_teams = networks.size() == 2,
                  .asks_critic = has_critic,
                  .next_match_at_once = played.next_match_at_once,
                  .teacher = played.teacher,
                  .in_one_block = played.in_one_block})
      .play(networks, played.shaping, played.teacher == Bot::nobody ? at::Tensor() : at::ones({}));
}

}  // namespace matchday
