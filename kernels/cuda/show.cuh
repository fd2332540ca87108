// How a warp writes its matches' observations: component by component into a tile of shared memory, and from there row
// by row, so that neighbouring threads write neighbouring words.
#pragma once

#include "kernels/bfloat16.h"
#include "kernels/cuda/launch.h"
#include "kernels/observe.h"

namespace matchday::kernels {

/// A tile in shared memory with a row for each of a warp's threads, whose rows are neighbours in memory too.
template <int components>
class RowTile {
 public:
  /// thread: the row's place in its warp. rows: of the warp, 32 but for the last one's.
  __device__ RowTile(int thread, int rows) : thread_(thread), rows_(rows) {}

  __device__ void put(int d, float number) const { tile()[thread_ * row_stride + d] = number; }

  /// Writes the rows one after the other from place `first` of `to` on. rounds: `to` is bfloat16.
  __device__ void store(float* to, std::int64_t first, bool rounds) const {
    const unsigned all_rows = rows_ == 32 ? 0xFFFFFFFFU : (1U << rows_) - 1;
    __syncwarp(all_rows);
    if (rounds) {
      auto* numbers = reinterpret_cast<Bfloat16*>(to) + first;
      for (int k = thread_; k < rows_ * components; k += rows_) numbers[k] = rounded(number(k));
    } else if (rows_ == 32 && reinterpret_cast<std::uintptr_t>(to + first) % 16 == 0) {
      auto* fours = reinterpret_cast<float4*>(to + first);
      for (int k = thread_; k < 32 * components / 4; k += 32)
        fours[k] = make_float4(number(4 * k), number(4 * k + 1), number(4 * k + 2), number(4 * k + 3));
    } else {
      for (int k = thread_; k < rows_ * components; k += rows_) to[first + k] = number(k);
    }
    __syncwarp(all_rows);
  }

 private:
  /// Rows lie next to each other, except where so many of a column's numbers would lie in one bank: a multiple of 4.
  static constexpr int row_stride = components % 4 == 0 ? components + 1 : components;

  static __device__ float* tile() {
    __shared__ __align__(16) float numbers[threads_per_block * row_stride];
    return numbers;
  }

  /// The k-th number of all rows.
  __device__ float number(int k) const {
    return tile()[row_stride == components ? k : k / components * row_stride + k % components];
  }

  int thread_;
  int rows_;
};

/// Of `all` rows, one a thread, those of the warp to which row b belongs.
__device__ inline int rows_of_warp(std::int64_t b, std::int64_t all) {
  const std::int64_t first = b - threadIdx.x;
  return static_cast<int>(min(static_cast<std::int64_t>(threads_per_block), all - first));
}

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
    const RowTile<components> tile(static_cast<int>(threadIdx.x), rows_of_warp(b, matches));
#pragma unroll
    for (int team = 0; team < 2; ++team) {
      observe<game>(rules, match, board, [&](int of_team, int d, float number) {
        if (of_team == team) tile.put(d, number);
      });
      tile.store(observation, (team * matches + b - threadIdx.x) * components, rounds);
    }
  }
};

}  // namespace matchday::kernels
