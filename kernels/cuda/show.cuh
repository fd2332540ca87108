// How a warp writes its matches' observations: component by component into a tile of shared memory, and from there row
// by row, so that neighbouring threads write neighbouring words.
#pragma once

#include "kernels/bfloat16.h"
#include "kernels/cuda/launch.h"
#include "kernels/observe.h"

namespace matchday::kernels {

/// A tile in shared memory with a row for each thread's match.
template <int components>
class RowTile {
 public:
  __device__ RowTile(std::int64_t matches, std::int64_t b)
      : thread_(static_cast<int>(threadIdx.x)),
        first_(b - thread_),
        rows_(static_cast<int>(min(static_cast<std::int64_t>(threads_per_block), matches - first_))) {}

  __device__ void put(int d, float number) const { tile()[thread_ * row_stride + d] = number; }

  /// Writes the rows to `to`, match b's at first + b * stride. rounds: `to` is bfloat16.
  __device__ void store(float* to, std::int64_t first, std::int64_t stride, bool rounds) const {
    const unsigned all_rows = rows_ == 32 ? 0xFFFFFFFFU : (1U << rows_) - 1;
    __syncwarp(all_rows);
    for (int k = thread_; k < rows_ * components; k += rows_) {
      const std::int64_t place = first + (first_ + k / components) * stride + k % components;
      const float number = tile()[k / components * row_stride + k % components];
      if (rounds)
        reinterpret_cast<Bfloat16*>(to)[place] = rounded(number);
      else
        to[place] = number;
    }
    __syncwarp(all_rows);
  }

 private:
  static constexpr int row_stride = components | 1;  ///< odd, so that a column's numbers lie in 32 different banks

  static __device__ float* tile() {
    __shared__ float numbers[threads_per_block * row_stride];
    return numbers;
  }

  int thread_;
  std::int64_t first_;
  int rows_;
};

/// Writes both teams' observations of a thread's match, one team after the other: a tile for both at once would be
/// twice as large, and fewer warps would fit.
template <Game game, int players>
struct ShowInRows {
  static constexpr int components = observation_size(game, players);

  const Rules& rules;
  float* observation;  ///< [2, B, D]
  std::int64_t matches;
  std::int64_t b;
  bool rounds = false;  ///< observation is bfloat16

  __device__ void operator()(const Match<float, players>& match, const Scoreboard<float>& board) const {
    const RowTile<components> tile(matches, b);
#pragma unroll
    for (int team = 0; team < 2; ++team) {
      observe<game>(rules, match, board, [&](int of_team, int d, float number) {
        if (of_team == team) tile.put(d, number);
      });
      tile.store(observation, team * matches * components, components, rounds);
    }
  }
};

}  // namespace matchday::kernels
