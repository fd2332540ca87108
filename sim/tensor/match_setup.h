// What B matches have in common: the rules, the seed and match indices of their random numbers, and constant tensors,
// made once so that no step copies anything from the host.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "rules/rules.h"

namespace matchday::tensor {

/// The K = N(2N-1) + 2N pairs of bodies that can touch: every two players i < j, and then every player with the ball.
struct Pairs {
  at::Tensor first;            ///< int64 [K]: columns of MatchState::bodies
  at::Tensor second;           ///< int64 [K]
  std::int64_t with_ball = 0;  ///< the first pair with the ball

  at::Tensor reach;            ///< float32 [K, 1], u: sum of the radii
  at::Tensor squared_reach;    ///< float32 [K, 1]
  at::Tensor bounce;           ///< float32 [K, 1]: 1 + restitution
  at::Tensor share_of_first;   ///< float32 [K, 1]: of correction and impulse, by inverse mass
  at::Tensor share_of_second;  ///< float32 [K, 1]

  /// For each player the rows of its N team mates' pushes (its own: zero) and then of its N opponents', among the rows
  /// (pushes on `first`, pushes on `second`, zero): int64 [2 * N * 2N], index (side * N + k) * 2N + player.
  at::Tensor pushes_on_player;
};

struct MatchSetup {
  Rules rules;
  std::uint64_t seed = 0;
  at::Tensor match;  ///< int64 [B]: the matches' indices

  float ball_keep = 1.0F;     ///< share of the ball's speed kept over a substep
  at::Tensor pitch_limit;     ///< float32 [2, 1], u: half length, half width
  at::Tensor post;            ///< float32 [2, 1], u: the post where both coordinates are positive
  at::Tensor waiting_areas;   ///< float32 [4, N, 1]: where players start: centre x, y, spread x, y; own view
  at::Tensor kick_off_areas;  ///< the same for the team that kicks off
  Pairs pairs;
};

/// match: int64 [B], on the device on which the matches will be played.
MatchSetup make_setup(const Rules& rules, std::uint64_t seed, const at::Tensor& match);

}  // namespace matchday::tensor
