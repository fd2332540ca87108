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
#include "train/opponents.h"
#include "train/workers.h"

namespace matchday {

/// T steps of B matches, L = B + S sides that learn, each of R rows (players, or the team).
struct Trajectory {
  at::Tensor observation;  ///< [T, L, R, D], in the precision in which networks read it
  at::Tensor pre_squash;   ///< float32 [T, L, R, K]: the samples that the actions were made of
  at::Tensor log_prob;     ///< float32 [T, L, R]: of these, under the networks that played
  at::Tensor expected;     ///< float32 [T + 1, L, R]: the critic's returns, also after the last step; undefined: none
  at::Tensor reward;       ///< float32 [T, B]: A's; B's is its negation
  at::Tensor terminated;   ///< bool [T, B]: the step was its match's last
  at::Tensor score;        ///< int32 [T, 2, B]: after the step
  at::Tensor goals;        ///< int64 []: scored by both teams in all matches
  at::Tensor hidden{};     ///< float32 [T, L, R, H]: what the policy's layers left (PackedNetwork); undefined: not kept
  at::Tensor teacher{};    ///< float32 [T, L, R, K]: what a teacher would do; undefined: there is none
  at::Tensor teacher_weight{};  ///< float32 []
};

/// One network that both teams share, or A's and B's own.
using Networks = std::vector<Network>;

struct RolloutOptions {
  std::int64_t steps = 0;                 ///< T
  bool independent_teams = false;         ///< A and B have a network each
  std::int64_t hidden = 0;                ///< H, if activations are kept
  bool asks_critic = false;               ///< whether the update wants to know what was expected
  bool next_match_at_once = false;        ///< where a match is over the next one starts, within the rollout
  at::ScalarType precision = at::kFloat;  ///< of the networks' hidden layers: float32 or bfloat16
  Bot teacher = Bot::nobody;              ///< who says what it would do wherever the team learns
  bool in_one_block = false;              ///< all matches at once, as always on a GPU, instead of a few to each worker
};

/// Owns the trajectory, which every rollout overwrites, and all other room that a rollout takes.
class Rollout {
 public:
  /// Plays the simulator's matches. All three must outlive it.
  Rollout(Simulator& simulator, Opponents& opponents, Workers& workers, const NetworkOptions& network,
          const RolloutOptions& options);

  /// Plays with sampled actions, without gradients, from where the matches stand. shaping: float32 [], scales the
  /// shaping rewards.
  const Trajectory& play(const Networks& networks, const at::Tensor& shaping, const at::Tensor& teacher_weight = {});

 private:
  /// Sides of a block that one network decides for, as views of the block's tensors.
  struct Part {
    std::size_t decider;     ///< its place among a rollout's networks: those that learn, then the opponents
    at::Tensor observation;  ///< float32 [sides, R, D]; [P, rows, D] for a network that is P stacked ones
    at::Tensor mean;         ///< float32 [sides, R, K], and so log_std
    at::Tensor log_std;
    at::Tensor expected;  ///< float32 [sides, R]; undefined where nobody learns
    at::Tensor hidden;    ///< float32 [sides, R, H]; undefined where nobody learns, and if it is not kept
  };

  /// Neighbouring matches that are played through the whole rollout by themselves, and the room for one step of them.
  struct Block {
    Range matches;
    std::int64_t self_play;  ///< of these, the first, the team plays against itself
    Simulator simulator;
    at::Tensor observation;           ///< float32 [2, b, R, D]
    ActionDistribution distribution;  ///< over float32 [2, b, R, K]
    at::Tensor log_prob;              ///< float32 [2, b, R]
    at::Tensor expected;              ///< float32 [2, b, R]
    at::Tensor hidden;                ///< float32 [2, b, R, H]; undefined: not kept
    native::Played played;
    std::vector<Part> parts{};
    at::Tensor bots{};      ///< int32 [2, b]: the Bot that moves each team; undefined: nobody
    at::Tensor teachers{};  ///< int32 [2, b]: the teacher; undefined: there is none
    at::Tensor taught{};    ///< float32 [2, b, N, 4]: what it would do
  };

  std::size_t learning_networks() const { return options_.independent_teams ? 2 : 1; }
  /// All matches together, as a GPU plays them.
  void make_one_block();
  /// Blocks in which B is always the same, for a CPU's workers.
  void make_blocks_for_workers();
  /// With the parts of the networks that learn.
  Block make_block(Range matches) const;
  Part make_part(const Block& block, std::size_t decider, Range sides) const;
  void play(Block& block, const std::vector<PreparedNetwork>& deciders, const at::Tensor& shaping) const;
  /// Stores what the block's learning sides did, [2, b, ...], at a step of [T, L, ...].
  void keep(const Block& block, const at::Tensor& of_sides, const at::Tensor& store, std::int64_t step) const;

  Simulator& simulator_;
  Opponents& opponents_;
  Workers& workers_;
  NetworkOptions network_;
  NetworkShape shape_;
  RolloutOptions options_;
  Trajectory trajectory_;
  std::vector<Block> blocks_;
  at::Tensor taught_;  ///< [T, L, R, K]: room for what the teacher says
};

}  // namespace matchday
