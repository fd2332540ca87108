// Plays B matches with the learning networks and stores what the update needs.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <vector>

#include "policy/network.h"
#include "policy/network_policy.h"
#include "policy/prepared_network.h"
#include "sim/simulator.h"
#include "sim/thread_pool.h"
#include "train/fused_rollout.h"
#include "train/opponents.h"
#include "train/trajectory.h"

namespace matchday {

/// Owns the trajectory, which every rollout overwrites, and all other buffers of a rollout.
class Rollout {
 public:
  /// Plays the simulator's matches. simulator, opponents and thread_pool must outlive the rollout.
  Rollout(Simulator& simulator, Opponents& opponents, ThreadPool& thread_pool, const NetworkOptions& network,
          const RolloutOptions& options);

  /// Plays on from the matches' present state, with sampled actions and without gradients. shaping: float32 [], scales
  /// the shaping rewards.
  const Trajectory& collect(const Networks& networks, const at::Tensor& shaping, const at::Tensor& teacher_weight = {});

 private:
  /// Sides of a block that one network decides for, as views of the block's tensors.
  struct Part {
    std::size_t decider;     ///< the network's index: those that learn come first, then the opponents
    at::Tensor observation;  ///< float32 [sides, R, D]; [P, rows, D] for P stacked networks
    at::Tensor mean;         ///< float32 [sides, R, K], as is log_std
    at::Tensor log_std;
    at::Tensor values;  ///< float32 [sides, R]; undefined for opponents
    at::Tensor hidden;  ///< [sides, R, H]; undefined for opponents, and if not kept
  };

  /// Contiguous matches that are played through the whole rollout on their own, and the buffers for one step of them.
  struct Block {
    Range matches;
    std::int64_t self_play;  ///< how many of these, the first ones, are self-play
    Simulator simulator;
    at::Tensor observation;           ///< float32 [2, b, R, D]
    ActionDistribution distribution;  ///< over float32 [2, b, R, K]
    at::Tensor log_prob;              ///< float32 [2, b, R]
    at::Tensor values;                ///< float32 [2, b, R]
    at::Tensor hidden;                ///< [2, b, R, H]; undefined: not kept
    Drawing drawing;                  ///< views of the distribution
    RolloutStep played;               ///< its observation is a view of the block's
    std::vector<Part> parts{};
    at::Tensor bots{};      ///< int32 [2, b]: the Bot that moves each team; undefined: no bots
    at::Tensor teachers{};  ///< int32 [2, b]: the teacher; undefined: no teacher
    at::Tensor taught{};    ///< float32 [2, b, N, 4]: the teacher's actions
  };

  std::size_t learning_networks() const { return options_.independent_teams ? 2 : 1; }
  /// Puts all matches into one block, as a GPU plays them whose kernel the networks are too large for.
  void make_one_block();
  /// Makes small blocks for a CPU's threads; within a block one network, or bots, decide for B.
  void make_blocks_for_workers();
  /// Makes a block with the parts of the networks that learn.
  Block make_block(Range matches) const;
  Part make_part(const Block& block, std::size_t decider, Range sides) const;
  /// Plays all steps block by block.
  void collect_blocks(const Networks& networks, const at::Tensor& shaping);
  void collect_block(Block& block, const std::vector<PreparedNetwork>& deciders, const at::Tensor& shaping) const;
  /// Copies the numbers of the block's learning sides, [2, b, ...], to a step of `store`, [T, L, ...].
  void keep(const Block& block, const at::Tensor& of_sides, const at::Tensor& store, std::int64_t step) const;

  Simulator& simulator_;
  Opponents& opponents_;
  ThreadPool& thread_pool_;
  NetworkOptions network_;
  NetworkShape shape_;
  RolloutOptions options_;
  Trajectory trajectory_;
  std::optional<FusedRollout> fused_;  ///< on a GPU
  std::vector<Block> blocks_;
  at::Tensor taught_;  ///< [T, L, R, K]: buffer for the teacher's actions
};

}  // namespace matchday
