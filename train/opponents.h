// The learning team's opponents: itself in most matches, earlier selves from a pool and bots in the rest, each in its
// own contiguous range of the batch. Opponents are always B, which loses nothing, since no side has an advantage.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "config/config.h"
#include "policy/network.h"
#include "rules/bots.h"

namespace matchday {

/// Neighbouring matches of the batch.
struct Range {
  std::int64_t first = 0;
  std::int64_t count = 0;
};

/// How many of a batch's matches are self-play, against the pool and against bots. Shares round down; there are fewer
/// slots than requested if there are fewer pool matches.
struct BatchParts {
  std::int64_t self_play = 0;
  std::int64_t pool = 0;  ///< a multiple of `slots`
  std::int64_t bots = 0;
  std::int64_t slots = 0;

  /// How many sides learn.
  std::int64_t learning_sides() const { return 2 * self_play + pool + bots; }
};
BatchParts parts_of_batch(const TrainOptions& options);

/// An earlier self.
struct PoolMember {
  Network network;         ///< frozen
  std::int64_t iteration;  ///< when it was taken
  double points = 0.5;     ///< recent share of points that the team took from it: 1 for a win, 1/2 for a draw
};

/// The bots that `bots` names; "all": the training bots but `still` and `random`, from which nothing can be learnt.
std::vector<std::string> bots_to_play(const std::string& bots);

/// Points that the team took from each slot's opponent: 1 for a win, 1/2 for a draw. results: [slots, 3] -> [slots].
at::Tensor points(const at::Tensor& results);

/// Contiguous matches in which one network decides for B: an earlier self (member), or else the team itself, except
/// where a bot moves B.
struct OpponentRange {
  Range matches;
  const Network* member = nullptr;
};

/// The pool's state, K members: everything that future choices of opponents depend on.
struct PoolState {
  at::Tensor weights;       ///< float32 [K, P]; undefined: there is no pool
  at::Tensor iteration;     ///< int64 [K]
  at::Tensor points;        ///< float64 [K]
  at::Tensor playing;       ///< int64 [slots]
  at::Tensor results;       ///< float32 [slots, 3]
  at::Tensor last_renewal;  ///< int64 []
  at::Tensor seed;          ///< int64 []: of the next choice
};

/// Owns the pool and the choice of members that play at present.
class Opponents {
 public:
  /// The first opponents from the pool are the untrained team itself. matches: B.
  Opponents(const TrainOptions& options, const Network& untrained, std::uint64_t seed);

  /// How many sides learn: L = B + S.
  std::int64_t learning_sides() const { return parts_.learning_sides(); }

  /// Which network plays B where: ranges that cover all matches in order. Pointers are valid until the pool is renewed.
  std::vector<OpponentRange> ranges() const;

  /// The bots that move B in the last matches: int32 [2, B], a Bot for each team. Undefined if there are none.
  const at::Tensor& bots() const { return bots_; }

  /// The pool members that play, in the order of their slots, as one network for batched products.
  const Network& members_as_one() const { return stacked_; }

  /// Counts the results of pool matches that ended in a rollout. score: int32 [T, 2, B], after each step;
  /// terminated: bool [T, B].
  void count(const at::Tensor& score, const at::Tensor& terminated);

  /// Wins, draws and losses of the team against each slot's opponent since it was chosen: float32 [slots, 3], on the
  /// device.
  const at::Tensor& results() const { return results_; }

  /// If due, adds a snapshot of the team to the pool and chooses who plays next: every `pool_every` iterations, or when
  /// the team beats the pool by the margin. results: a copy of results() on the host. Returns whether it did; the
  /// matches of `pool_matches` should then be restarted.
  bool renew(const Network& team, std::int64_t iteration, const at::Tensor& results);

  /// Copies, on the CPU.
  PoolState state() const;
  void restore(const PoolState& state);

  Range pool_matches() const { return {parts_.self_play, parts_.pool}; }
  Range bot_matches() const { return {parts_.self_play + parts_.pool, parts_.bots}; }
  const std::vector<PoolMember>& pool() const { return pool_; }
  const std::vector<std::size_t>& playing() const { return playing_; }  ///< the pool member in each slot

 private:
  void choose();
  /// Stacks the networks of the members in playing_, and clears their results.
  void send_on();

  TrainOptions options_;
  BatchParts parts_;
  std::int64_t last_renewal_ = 0;  ///< iteration
  at::Tensor bots_;
  std::vector<PoolMember> pool_;
  std::vector<std::size_t> playing_;
  Network stacked_;  ///< the playing members, as one network
  at::Tensor results_;
  std::uint64_t seed_;
};

}  // namespace matchday
