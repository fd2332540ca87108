// Plays B matches with the learning networks and stores what the update needs.
//
// A side is one team in one match. The sides that learn come first in [2B]: A's of all B matches, then B's of the S
// matches in which the team plays itself. In the other matches B is an opponent that does not learn.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "policy/network.h"
#include "policy/network_policy.h"
#include "policy/packed_network.h"
#include "sim/simulator.h"
#include "train/opponents.h"
#include "train/workers.h"

namespace matchday {

/// T steps of B matches, L = B + S sides that learn, each of R rows (players, or the team).
struct Trajectory {
  at::Tensor observation;  ///< float32 [T, L, R, D]
  at::Tensor pre_squash;   ///< float32 [T, L, R, K]: the samples that the actions were made of
  at::Tensor log_prob;     ///< float32 [T, L, R]: of these, under the networks that played
  at::Tensor expected;     ///< float32 [T + 1, L, R]: the critic's returns, also after the last step; undefined: none
  at::Tensor reward;       ///< float32 [T, B]: A's; B's is its negation
  at::Tensor terminated;   ///< bool [T, B]: the step was its match's last
  at::Tensor score;        ///< int32 [T, 2, B]: after the step
  at::Tensor goals;        ///< int64 []: scored by both teams in all matches
};

/// One network that both teams share, or A's and B's own.
using Networks = std::vector<Network>;

struct RolloutOptions {
  std::int64_t steps = 0;           ///< T
  bool asks_critic = false;         ///< whether the update wants to know what was expected
  bool next_match_at_once = false;  ///< where a match is over the next one starts, within the rollout
};

/// Owns the trajectory, which every rollout overwrites, and all other room that a rollout takes.
class Rollout {
 public:
  /// Plays the simulator's matches. All three must outlive it.
  Rollout(Simulator& simulator, Opponents& opponents, Workers& workers, const NetworkOptions& network,
          const RolloutOptions& options);

  /// Plays with sampled actions, without gradients, from where the matches stand. shaping: float32 [], scales the
  /// shaping rewards.
  const Trajectory& play(const Networks& networks, const at::Tensor& shaping);

 private:
  /// Neighbouring matches that are played through the whole rollout by themselves, and the room for one step of them.
  struct Block {
    Range matches;
    std::size_t stretch;  ///< of the opponents', or `everybody`
    Simulator simulator;
    at::Tensor observation;           ///< float32 [2, b, R, D]
    ActionDistribution distribution;  ///< over float32 [2, b, R, K]
    at::Tensor log_prob;              ///< float32 [2, b, R]
    at::Tensor expected;              ///< float32 [2, b, R]
    native::Played played;
  };
  static constexpr std::size_t everybody = static_cast<std::size_t>(-1);

  /// Who decides in a rollout; packed where a CPU's kernels compute it.
  struct Deciders {
    const Networks& networks;
    std::vector<Stretch> stretches;
    std::vector<PackedNetwork> learning{};
    std::vector<PackedNetwork> opponents{};  ///< by stretch
  };

  Block make_block(Range matches, std::size_t stretch) const;
  void play(Block& block, const Deciders& deciders, const at::Tensor& shaping) const;
  void decide(const Block& block, const Deciders& deciders) const;
  void expect(const Block& block, const Deciders& deciders, std::int64_t step) const;
  at::Tensor act_for_bots(const Block& block, const Deciders& deciders) const;
  /// How many of the block's matches the team plays against itself: they are its first.
  std::int64_t sides_of_b(const Block& block) const;
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
};

}  // namespace matchday
