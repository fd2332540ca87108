// Whom the learning team plays: itself for most matches, earlier selves from a pool and bots for the rest, each in its
// own contiguous range of the batch. Opponents are always B, which loses nothing, since no side has an edge.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "policy/network.h"
#include "rules/bots.h"
#include "train/config.h"

namespace matchday {

/// Neighbouring matches of the batch.
struct Range {
  std::int64_t first = 0;
  std::int64_t count = 0;
};

/// Of a batch's matches those against itself, against a pool and against bots. Shares round down; fewer slots play than
/// were asked for where there are fewer matches.
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
  double points = 0.5;     ///< share of the points that the team took from it of late: 1 for a win, 1/2 for a draw
};

/// Whom a config's `bots` means; "all" are those who play football, since nothing is learnt from still and random.
std::vector<std::string> bots_to_play(const std::string& bots);

/// What the team took from each slot's opponent: 1 for a win, 1/2 for a draw. results: [slots, 3] -> [slots].
at::Tensor points(const at::Tensor& results);

/// Neighbouring matches in which the same network decides for B: an earlier self, or else the team itself, but where a
/// bot moves B.
struct Stretch {
  Range matches;
  const Network* member = nullptr;
};

/// The pool as it is at some moment, K members: all that decides who will play.
struct PoolState {
  at::Tensor weights;       ///< float32 [K, P]; undefined: there is no pool
  at::Tensor iteration;     ///< int64 [K]
  at::Tensor points;        ///< float64 [K]
  at::Tensor playing;       ///< int64 [slots]
  at::Tensor results;       ///< float32 [slots, 3]
  at::Tensor last_renewal;  ///< int64 []
  at::Tensor seed;          ///< int64 []: of the next choice
};

/// Owns the pool and who of it plays at present.
class Opponents {
 public:
  /// The first opponents from the pool are the untrained team itself. matches: B.
  Opponents(const TrainOptions& options, const Network& untrained, std::uint64_t seed);

  /// How many sides learn: L = B + S.
  std::int64_t learning_sides() const { return parts_.learning_sides(); }

  /// Which networks play B in which matches, all of them, in their order. The pointers hold until the pool is renewed.
  std::vector<Stretch> stretches() const;

  /// Which bots move B, in the last matches: int32 [2, B], a Bot for each team. Undefined if there are none.
  const at::Tensor& bots() const { return bots_; }

  /// The pool members that play, in the order of their slots, as one network for batched products.
  const Network& members_as_one() const { return stacked_; }

  /// Counts the matches against the pool that a rollout saw the end of. score: int32 [T, 2, B], after each step;
  /// terminated: bool [T, B].
  void count(const at::Tensor& score, const at::Tensor& terminated);

  /// Wins, draws and losses of the team against each slot's opponent since it was chosen: float32 [slots, 3], on the
  /// device.
  const at::Tensor& results() const { return results_; }

  /// Takes a snapshot of the team into the pool and chooses who plays next, if it is time for that: every
  /// `pool_every` iterations, or when the team beats the pool by the margin. results: a copy of results() on the host.
  /// Gives whether it did; the matches of `pool_matches` should then start anew.
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
  /// Gets ready those whom playing_ names.
  void send_on();

  TrainOptions options_;
  BatchParts parts_;
  std::int64_t last_renewal_ = 0;  ///< iteration
  at::Tensor bots_;
  std::vector<PoolMember> pool_;
  std::vector<std::size_t> playing_;
  Network stacked_;  ///< those who play, as one
  at::Tensor results_;
  std::uint64_t seed_;
};

}  // namespace matchday
