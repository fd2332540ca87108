// What nvcc knows of itself, for g++: with this first, as nvcc too includes cuda_runtime.h first, a .cu file is C++. A
// launch runs its threads on the CPU (warp.h).
#pragma once

#include <cuda_runtime_api.h>
#include <vector_functions.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <tuple>
#include <utility>

#include "tests/fake_cuda/device.h"
#include "tests/fake_cuda/warp.h"

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): the names are nvcc's
#define __CUDACC__ 1
#define __CUDA_ARCH__ 900

#undef __host__
#undef __device__
#undef __global__
#undef __shared__
#undef __forceinline__
#undef __launch_bounds__
#undef __grid_constant__
#define __host__
#define __device__
#define __global__
#define __shared__ static
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(threads)
#define __grid_constant__
#define __syncwarp ::matchday::fake_cuda::sync_warp
#define __syncthreads ::matchday::fake_cuda::sync_block

using std::isfinite;
using std::min;

/// Of the thread that runs at present.
inline uint3& threadIdx = ::matchday::fake_cuda::thread_index;
inline uint3& blockIdx = ::matchday::fake_cuda::block_index;
inline dim3& gridDim = ::matchday::fake_cuda::grid_size;

/// Rounded twice here: g++ would call a function.
#define fmaf(a, b, c) ((a) * (b) + (c))

inline std::uint32_t __float_as_uint(float number) { return std::bit_cast<std::uint32_t>(number); }
inline float __uint_as_float(std::uint32_t bits) { return std::bit_cast<float>(bits); }
inline std::uint32_t __umulhi(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::uint32_t>(std::uint64_t{a} * b >> 32);
}
inline void atomicAdd(unsigned long long* sum, unsigned long long number) { *sum += number; }

/// The runtime's own, which gets parameters without their types, behind it.
template <class... Parameters>
cudaError_t cudaLaunchKernel(void (*kernel)(Parameters...), dim3 grid, dim3 block, void** arguments,
                             std::size_t shared_bytes, cudaStream_t stream) {
  ::matchday::fake_cuda::require_current(stream);
  const auto values = [&]<std::size_t... place>(std::index_sequence<place...>) {
    return std::tuple<Parameters...>{*static_cast<Parameters*>(arguments[place])...};
  }
  (std::index_sequence_for<Parameters...>{});
  ::matchday::fake_cuda::launch_kernel(grid, block, shared_bytes, [kernel, values] { std::apply(kernel, values); });
  return cudaSuccess;
}
template <class... Parameters>
cudaError_t cudaFuncSetAttribute(void (*)(Parameters...), cudaFuncAttribute, int) {
  return cudaSuccess;
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
