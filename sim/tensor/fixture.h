// What B matches to be played have in common: the rules, where randomness comes from, and the constant tensors of the
// arithmetic, made once so that no step copies anything from the host.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "rules/rules.h"

namespace matchday::tensor {

struct Fixture {
  Rules rules;
  std::uint64_t seed = 0;
  at::Tensor match;  ///< int64 [B]: the matches' indices

  at::Tensor pitch_limit;     ///< float32 [2, 1]: half length, half width
  at::Tensor waiting_areas;   ///< float32 [4, N, 1]: where players start: centre x, y, spread x, y; own view
  at::Tensor kick_off_areas;  ///< the same for the team that kicks off

  /// Pairs of players i < j, P = N(2N-1) of them: int64 [P].
  at::Tensor pair_first;
  at::Tensor pair_second;
  /// For each player, his N team mates' and then his N opponents' pushes on him, as rows of (pushes on pair_first,
  /// pushes on pair_second, zero): int64 [2N * 2N], index (side * N + k) * 2N + player.
  at::Tensor pushes_on_player;
};

/// match: int64 [B], on the device on which the matches will be played.
Fixture make_fixture(const Rules& rules, std::uint64_t seed, const at::Tensor& match);

}  // namespace matchday::tensor
