// One interface for whatever decides for a team: a network or a scripted bot.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <string>

#include "sim/simulator.h"

namespace matchday {

/// One team in some neighbouring matches of a simulator.
struct Side {
  const Simulator& simulator;
  int team;            ///< 0: A, 1: B
  std::int64_t first;  ///< the first match's place in the batch
  std::int64_t count;  ///< how many matches
};

/// The team in all of the simulator's matches.
inline Side side_of(const Simulator& simulator, int team) { return {simulator, team, 0, simulator.matches()}; }

/// `act` returns the actions of a side at its matches' current step, float32 [count, N, 4], in that team's view.
struct Policy {
  std::string name;
  std::function<at::Tensor(const Side& side)> act;
};

/// Both teams' actions in all matches: float32 [2, B, N, 4].
at::Tensor act(const Policy& a, const Policy& b, const Simulator& simulator);

}  // namespace matchday
