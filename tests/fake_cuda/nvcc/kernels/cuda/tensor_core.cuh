// What a warp's tensor cores do, played on the CPU as the PTX manual defines it, for kernels/cuda/tensor_core.cuh: each
// thread shows its registers to the others, waits for all of them, and takes what is its own of the result.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <stdexcept>

#include "tests/fake_cuda/device.h"
#include "tests/fake_cuda/warp.h"

namespace matchday::kernels {

inline float number_of(std::uint32_t half) { return std::bit_cast<float>(half << 16); }

inline std::uint32_t half_of(float number) {
  const auto bits = std::bit_cast<std::uint32_t>(number);
  if ((bits & 0x7FFFFFFFU) > 0x7F800000U) return 0x7FFFU;
  return (bits + 0x7FFFU + (bits >> 16 & 1U)) >> 16;
}

inline std::uint32_t rounded_pair(float first, float second) { return half_of(second) << 16 | half_of(first); }

inline void tensor_core_multiply(float (&sums)[4], const std::uint32_t (&left)[4], const std::uint32_t (&right)[2]) {
  struct Fragments {
    std::uint32_t left[4];
    std::uint32_t right[2];
  };
  struct Products {
    float of_sums[4];
  };
  // Row and column of a thread's registers, in the manual's words: groupID is lane / 4, threadID_in_group lane % 4.
  const auto multiply = [](const Fragments* all, Products* products) {
    ++fake_cuda::tensor_core_work().products;
    float a[16][16];
    float b[16][8];
    for (int lane = 0; lane < 32; ++lane) {
      const int group = lane / 4;
      const int first = lane % 4 * 2;
      for (int i = 0; i < 4; ++i)
        for (int half = 0; half < 2; ++half)
          a[group + i % 2 * 8][first + half + i / 2 * 8] = number_of(all[lane].left[i] >> 16 * half & 0xFFFFU);
      for (int i = 0; i < 2; ++i)
        for (int half = 0; half < 2; ++half)
          b[first + half + i * 8][group] = number_of(all[lane].right[i] >> 16 * half & 0xFFFFU);
    }
    for (int row = 0; row < 16; ++row) {
      float of_row[8] = {};
      for (int k = 0; k < 16; ++k)
        for (int column = 0; column < 8; ++column) of_row[column] += a[row][k] * b[k][column];
      for (int column = 0; column < 8; ++column)
        products[row % 8 * 4 + column / 2].of_sums[row / 8 * 2 + column % 2] = of_row[column];
    }
  };
  Fragments mine{};
  std::copy_n(left, 4, mine.left);
  std::copy_n(right, 2, mine.right);
  const auto products = fake_cuda::made_by_warp<Products>(mine, multiply);
  for (int i = 0; i < 4; ++i) sums[i] += products.of_sums[i];
}

template <bool transposed>
void load_matrices(std::uint32_t (&matrices)[4], const void* row) {
  if (reinterpret_cast<std::uintptr_t>(row) % 16 != 0)
    throw std::runtime_error("fake CUDA: a row of a matrix does not lie at a multiple of 16 bytes");
  struct Loaded {
    std::uint32_t matrix[4];
  };
  const auto load = [](const void* const* rows, Loaded* loaded) {
    ++fake_cuda::tensor_core_work().loads;
    for (int lane = 0; lane < 32; ++lane)
      for (int i = 0; i < 4; ++i) {
        std::uint16_t pair[2];
        for (int k = 0; k < 2; ++k) {
          const int of_row = transposed ? 2 * (lane % 4) + k : lane / 4;
          const int column = transposed ? lane / 4 : 2 * (lane % 4) + k;
          std::memcpy(&pair[k], static_cast<const std::uint16_t*>(rows[8 * i + of_row]) + column, sizeof pair[k]);
        }
        loaded[lane].matrix[i] = std::uint32_t{pair[1]} << 16 | pair[0];
      }
  };
  const auto loaded = fake_cuda::made_by_warp<Loaded>(row, load);
  std::copy_n(loaded.matrix, 4, matrices);
}

}  // namespace matchday::kernels
