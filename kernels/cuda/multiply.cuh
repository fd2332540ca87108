// multiply: products of matrices in a block's shared memory, shared out among its warps 32 columns at a time: bfloat16
// on tensor cores, float32 on the others; sums are float32. The sums of either lie in a warp's threads as tensor cores
// leave them (tensor_core.cuh).
#pragma once

#include "kernels/bfloat16.h"
#include "kernels/cuda/tensor_core.cuh"
#include "kernels/fused_network.h"

namespace matchday::kernels {

__device__ inline float widened(float number) { return number; }

/// Two neighbouring numbers, the first one's column even.
struct Pair {
  float first;
  float second;
};
__device__ inline void store_pair(Pair pair, float* to) {
  to[0] = pair.first;
  to[1] = pair.second;
}
__device__ inline void store_pair(Pair pair, Bfloat16* to) {
  *reinterpret_cast<std::uint32_t*>(to) = rounded_pair(pair.first, pair.second);
}
__device__ inline Pair load_pair(const float* from) { return {from[0], from[1]}; }
__device__ inline Pair load_pair(const Bfloat16* from) {
  const std::uint32_t bits = *reinterpret_cast<const std::uint32_t*>(from);
  return {__uint_as_float(bits << 16), __uint_as_float(bits & 0xFFFF0000U)};
}

/// A factor: its number in row m and column k is at[m * stride + k], or, transposed, at[k * stride + m].
template <class Number, bool is_transposed>
struct Factor {
  const Number* at;
  int stride;

  static constexpr bool transposed = is_transposed;

  __device__ Factor from(int row, int column) const {
    return {at + (transposed ? column * stride + row : row * stride + column), stride};
  }
  __device__ Number operator()(int row, int column) const { return *from(row, column).at; }
};

/// A product is made in pieces of 16 x tiles rows and 32 columns, a warp each.
inline constexpr int columns_of_piece = 32;

/// A thread's share of a piece's sums.
template <int tiles>
using Sums = float[tiles][columns_of_piece / 8][4];

__device__ inline int lane_of_thread() { return static_cast<int>(threadIdx.x) % 32; }
__device__ inline int warp_of_thread() { return static_cast<int>(threadIdx.x) / 32; }

/// Adds the product of left [16 tiles, depth] and right [depth, 16 pairs] to the sums. depth: a multiple of 16.
template <int tiles, bool left_transposed, bool right_transposed>
__device__ inline void add_product(Sums<tiles>& sums, Factor<Bfloat16, left_transposed> left,
                                   Factor<Bfloat16, right_transposed> right, int depth, int pairs) {
  // The matrix and row that this thread names to load_matrices.
  const int lower = lane_of_thread() / 8 % 2 * 8;
  const int upper = lane_of_thread() / 16 * 8;
  const int row = lane_of_thread() % 8;
  for (int k = 0; k < depth; k += 16) {
    std::uint32_t of_left[tiles][4];
#pragma unroll
    for (int m = 0; m < tiles; ++m) {
      if constexpr (left_transposed)
        load_matrices<true>(of_left[m], left.from(16 * m + lower, k + upper + row).at);
      else
        load_matrices<false>(of_left[m], left.from(16 * m + lower + row, k + upper).at);
    }
#pragma unroll
    for (int pair = 0; pair < columns_of_piece / 16; ++pair) {
      if (pair >= pairs) break;
      std::uint32_t of_right[4];
      if constexpr (right_transposed)  // its columns are neighbours in memory, as tensor cores want them
        load_matrices<false>(of_right, right.from(k + lower, 16 * pair + upper + row).at);
      else
        load_matrices<true>(of_right, right.from(k + lower + row, 16 * pair + upper).at);
#pragma unroll
      for (int n = 0; n < 2; ++n) {
        const std::uint32_t half[2] = {of_right[2 * n], of_right[2 * n + 1]};
#pragma unroll
        for (int m = 0; m < tiles; ++m) tensor_core_multiply(sums[m][2 * pair + n], of_left[m], half);
      }
    }
  }
}

template <int tiles, bool left_transposed, bool right_transposed>
__device__ inline void add_product(Sums<tiles>& sums, Factor<float, left_transposed> left,
                                   Factor<float, right_transposed> right, int depth, int pairs) {
  const auto of_lane_left = left.from(lane_of_thread() / 4, 0);
  const auto of_lane_right = right.from(0, lane_of_thread() % 4 * 2);
  for (int k = 0; k < depth; ++k) {
    float of_left[tiles][2];
#pragma unroll
    for (int m = 0; m < tiles; ++m)
#pragma unroll
      for (int half = 0; half < 2; ++half) of_left[m][half] = of_lane_left(16 * m + 8 * half, k);
#pragma unroll
    for (int n = 0; n < columns_of_piece / 8; ++n) {
      if (n >= 2 * pairs) break;
      const float of_right[2] = {of_lane_right(k, 8 * n), of_lane_right(k, 8 * n + 1)};
#pragma unroll
      for (int m = 0; m < tiles; ++m)
#pragma unroll
        for (int i = 0; i < 4; ++i) sums[m][n][i] = fmaf(of_left[m][i / 2], of_right[i % 2], sums[m][n][i]);
    }
  }
}

/// Calls take(row, column, pair) for all neighbouring sums of the product of left [rows, depth] and right [depth,
/// columns]. rows: a multiple of 16 tiles; columns and depth: of 16. All of the block's threads must call it.
template <int tiles, class Left, class Right, class Take>
__device__ inline void multiply(int rows, int columns, int depth, Left left, Right right, const Take& take) {
  constexpr int rows_of_piece = 16 * tiles;
  const int across = (columns + columns_of_piece - 1) / columns_of_piece;
  const int pieces = rows / rows_of_piece * across;
  for (int piece = warp_of_thread(); piece < pieces; piece += fused_threads / 32) {
    const int first_row = piece / across * rows_of_piece;
    const int first_column = piece % across * columns_of_piece;
    const int pairs = min(columns - first_column, columns_of_piece) / 16;
    Sums<tiles> sums = {};
    add_product<tiles>(sums, left.from(first_row, 0), right.from(0, first_column), depth, pairs);
#pragma unroll
    for (int m = 0; m < tiles; ++m)
#pragma unroll
      for (int n = 0; n < columns_of_piece / 8; ++n) {
        if (n >= 2 * pairs) break;
#pragma unroll
        for (int half = 0; half < 2; ++half)
          take(first_row + 16 * m + 8 * half + lane_of_thread() / 4, first_column + 8 * n + lane_of_thread() % 4 * 2,
               Pair{sums[m][n][2 * half], sums[m][n][2 * half + 1]});
      }
  }
}

}  // namespace matchday::kernels
