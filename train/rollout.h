// Plays B matches with the learning networks and stores what the update needs.
//
// A side is one team in one match. The sides that learn come first in [2B]: A's of all B matches, then B's of the S
// matches in which the team plays itself. In the other matches B is an opponent that does not learn.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "policy/network.h"
#include "policy/network_policy.h"
#include "policy/prepared_network.h"
#include "sim/simulator.h"
#include "sim/thread_pool.h"
#include "train/opponents.h"

namespace matchday {

/// T steps of B matches, L = B + S sides that learn, each of R rows (players, or the team).
struct Trajectory {
  at::Tensor observation;  ///< [T, L, R, D], in the networks' precision
  at::Tensor pre_squash;   ///< float32 [T, L, R, K]: the samples that the actions were made from
  at::Tensor log_prob;     ///< float32 [T, L, R]: of these samples, under the networks that played
  at::Tensor values;       ///< float32 [T + 1, L, R]: the returns that the critic predicts, also after the last step;
                           ///< undefined: no critic
  at::Tensor reward;       ///< float32 [T, B]: A's; B's is its negation
  at::Tensor terminated;   ///< bool [T, B]: the step was its match's last
  at::Tensor score;        ///< int32 [T, 2, B]: after the step
  at::Tensor goals;        ///< int64 []: scored by both teams in all matches
  at::Tensor hidden{};     ///< float32 [T, L, R, H]: the policy's activations (PackedNetwork); undefined: not kept
  at::Tensor teacher{};    ///< float32 [T, L, R, K]: the teacher's actions; undefined: no teacher
  at::Tensor teacher_weight{};  ///< float32 []
};

struct RolloutOptions {
  std::int64_t steps = 0;                 ///< T
  bool independent_teams = false;         ///< A and B have a network each
  std::int64_t hidden = 0;                ///< H, if activations are kept
  bool predict_values = false;            ///< for an update with a critic: its values are stored at every step
  bool autoreset = false;                 ///< a match that is over is followed by the next one within the rollout
  at::ScalarType precision = at::kFloat;  ///< of the networks' hidden layers: float32 or bfloat16
  Bot teacher = Bot::nobody;              ///< whose actions are recorded for every learning side
  bool in_one_block = false;              ///< all matches in one block, as always on a GPU, not in blocks for workers
};

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
    at::Tensor hidden;  ///< float32 [sides, R, H]; undefined for opponents, and if not kept
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
    at::Tensor hidden;                ///< float32 [2, b, R, H]; undefined: not kept
    Drawing drawing;                  ///< views of the distribution
    RolloutStep played;               ///< its observation is a view of the block's
    std::vector<Part> parts{};
    at::Tensor bots{};      ///< int32 [2, b]: the Bot that moves each team; undefined: no bots
    at::Tensor teachers{};  ///< int32 [2, b]: the teacher; undefined: no teacher
    at::Tensor taught{};    ///< float32 [2, b, N, 4]: the teacher's actions
  };

  std::size_t learning_networks() const { return options_.independent_teams ? 2 : 1; }
  /// Puts all matches into one block, as a GPU plays them.
  void make_one_block();
  /// Makes small blocks for a CPU's threads; within a block one network, or bots, decide for B.
  void make_blocks_for_workers();
  /// Makes a block with the parts of the networks that learn.
  Block make_block(Range matches) const;
  Part make_part(const Block& block, std::size_t decider, Range sides) const;
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
  std::vector<Block> blocks_;
  at::Tensor taught_;  ///< [T, L, R, K]: buffer for the teacher's actions
};

}  // namespace matchday
