// How a warp writes its matches' observations: component by component into a tile of shared memory, and from there row
// by row, so that neighbouring threads write neighbouring words.
#pragma once

#include "kernels/cuda/launch.h"
#include "kernels/observe.h"

namespace matchday::kernels {

/// What shows one thread's match to one team after the other; a tile for both at once would be twice as large and fewer
/// warps would fit.
template <Game game, int players>
struct ShowInRows {
  static constexpr int components = observation_size(game, players);
  static constexpr int pitch = components | 1;  ///< odd, so that a column's numbers lie in 32 different banks

  const Rules& rules;
  float* observation;  ///< [2, B, D]
  std::int64_t matches;
  std::int64_t b;

  __device__ void operator()(const Match<float, players>& match, const Scoreboard<float>& board) const {
    __shared__ float tile[threads_per_block * pitch];
    const int thread = static_cast<int>(threadIdx.x);
    const std::int64_t first = b - thread;
    const int rows = static_cast<int>(min(static_cast<std::int64_t>(threads_per_block), matches - first));
    const unsigned all_rows = rows == 32 ? 0xFFFFFFFFU : (1U << rows) - 1;
#pragma unroll
    for (int team = 0; team < 2; ++team) {
      observe<game>(rules, match, board, [&](int of_team, int d, float number) {
        if (of_team == team) tile[thread * pitch + d] = number;
      });
      __syncwarp(all_rows);
      float* const to = observation + (team * matches + first) * components;
      for (int k = thread; k < rows * components; k += rows) to[k] = tile[k / components * pitch + k % components];
      __syncwarp(all_rows);
    }
  }
};

}  // namespace matchday::kernels
