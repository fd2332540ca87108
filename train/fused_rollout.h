// A rollout on a GPU whose networks fit into its fused kernel: a step is at most five launches, which read and write
// the trajectory itself.
#pragma once

#include <vector>

#include "kernels/network_operators.h"
#include "policy/network.h"
#include "sim/simulator.h"
#include "train/opponents.h"
#include "train/trajectory.h"

namespace matchday {

/// Owns the trajectory's memory. In it each step, and what is seen after the last one, has room for all 2B sides, the
/// last ones in the place of the next step's first ones, which then overwrite them: so kernels write a step as they
/// always do, and the sides that learn, which come first, remain.
class FusedRollout {
 public:
  FusedRollout(Simulator& simulator, const Opponents& opponents, const NetworkOptions& network,
               const RolloutOptions& options, const NetworkShape& shape);

  /// A view of the memory.
  const Trajectory& trajectory() const { return trajectory_; }

  /// Plays all steps. network: what all networks are laid out as. teaches: whether the teacher's actions are recorded.
  void collect(const operators::FusedNetwork& network, const Networks& networks, const at::Tensor& shaping,
               bool teaches) const;

 private:
  /// The sides that a network decides for: policies and critics together are the tasks of one launch.
  std::vector<operators::ForwardTask> tasks(const Networks& networks) const;

  Simulator& simulator_;
  const Opponents& opponents_;
  NetworkOptions network_;
  RolloutOptions options_;
  NetworkShape shape_;
  Trajectory trajectory_;
  at::Tensor action_;    ///< float32 [2, B, N, 4]: of the present step
  at::Tensor teachers_;  ///< int32 [2, B]: the teacher of each side that learns
};

}  // namespace matchday
