// A rollout in room of its own.
#pragma once

#include "train/rollout.h"

namespace matchday {

struct PlayedRollout {
  std::int64_t steps;
  at::Tensor shaping;
  bool next_match_at_once;
};

inline Trajectory rollout(Simulator& simulator, const Networks& networks, Opponents& opponents, Workers& workers,
                          const PlayedRollout& played) {
  const bool has_critic = networks[0].value.bias.defined();
  return Rollout(simulator, opponents, workers, networks[0].options,
                 {played.steps, has_critic, played.next_match_at_once})
      .play(networks, played.shaping);
}

}  // namespace matchday
