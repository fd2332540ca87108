// What a GPU's tensor cores do for a warp: three instructions of PTX (ISA 7.0; compute capability 8.0 and up), all
// threads together. Fragments are as the PTX manual defines them for mma.m16n8k16: with g = lane / 4 and t = lane % 4
// a thread holds
//   of the left factor, 16 x 16: rows g and g + 8, columns 2t, 2t + 1, 2t + 8, 2t + 9, in four registers: (g; 2t..),
//     (g + 8; 2t..), (g; 2t + 8..), (g + 8; 2t + 8..);
//   of the right one, 16 x 8: column g, rows 2t, 2t + 1 and 2t + 8, 2t + 9, in two registers;
//   of the sums, 16 x 8: (g, 2t), (g, 2t + 1), (g + 8, 2t), (g + 8, 2t + 1).
// A register holds two bfloat16, the first one in its lower half.
#pragma once

#include <cstdint>

namespace matchday::kernels {

/// sums += left right, in float32.
__device__ inline void tensor_core_multiply(float (&sums)[4], const std::uint32_t (&left)[4],
                                            const std::uint32_t (&right)[2]) {
#if __CUDA_ARCH__ >= 800
  asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
      "{%0, %1, %2, %3};"
      : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
      : "r"(left[0]), "r"(left[1]), "r"(left[2]), "r"(left[3]), "r"(right[0]), "r"(right[1]));
#else
  __trap();  // the host takes float32 there
#endif
}

/// Loads four matrices of 8 x 8 bfloat16 from shared memory. Each thread names a row, 16 bytes at a multiple of 16:
/// thread 8i + r row r of matrix i. Of every matrix a thread gets row g, columns 2t and 2t + 1; if transposed, column
/// g, rows 2t and 2t + 1.
template <bool transposed>
__device__ inline void load_matrices(std::uint32_t (&matrices)[4], const void* row) {
  const auto address = static_cast<std::uint32_t>(__cvta_generic_to_shared(row));
  if constexpr (transposed)
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(matrices[0]), "=r"(matrices[1]), "=r"(matrices[2]), "=r"(matrices[3])
                 : "r"(address)
                 : "memory");
  else
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(matrices[0]), "=r"(matrices[1]), "=r"(matrices[2]), "=r"(matrices[3])
                 : "r"(address)
                 : "memory");
}

/// Two numbers rounded to bfloat16, the nearest or, of two as near, the even one.
__device__ inline std::uint32_t rounded_pair(float first, float second) {
#if __CUDA_ARCH__ >= 800
  std::uint32_t pair = 0;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(second), "f"(first));
  return pair;
#else
  __trap();
  return 0;
#endif
}

}  // namespace matchday::kernels
