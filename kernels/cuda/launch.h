// Every launch of a kernel goes through here: the grid is chosen and errors are checked in this one place.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <tuple>

namespace matchday::kernels {

/// A block is one warp: it needs no barriers, and a match needs so many registers that larger blocks would not run more
/// threads at once but spread a small batch over fewer multiprocessors.
inline constexpr int threads_per_block = 32;

/// The match of this thread.
__device__ inline std::int64_t match_of_thread() {
  return static_cast<std::int64_t>(blockIdx.x) * threads_per_block + threadIdx.x;
}

/// Throws std::runtime_error if CUDA refused something.
inline void require_success(cudaError_t error) {
  if (error != cudaSuccess) throw std::runtime_error(std::string("CUDA: ") + cudaGetErrorString(error));
}

/// Launches kernel(arguments...) in a grid of blocks of so many threads, each with so much shared memory.
template <class... Parameters, class... Arguments>
void launch_blocks(void (*kernel)(Parameters...), dim3 grid, int threads, int shared_bytes, cudaStream_t stream,
                   const Arguments&... arguments) {
  constexpr int granted_to_all = 48 << 10;
  if (shared_bytes > granted_to_all)
    require_success(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, shared_bytes));
  std::tuple<Parameters...> values{arguments...};
  require_success(std::apply(
      [&](Parameters&... each) {
        void* addresses[] = {&each...};
        return cudaLaunchKernel(kernel, grid, dim3(static_cast<unsigned>(threads)), addresses,
                                static_cast<std::size_t>(shared_bytes), stream);
      },
      values));
}

/// Launches kernel(arguments...) with one thread for each of `matches`, `layers` times over (blockIdx.y). Throws
/// std::runtime_error if the device refuses.
template <class... Parameters, class... Arguments>
void launch_layers(void (*kernel)(Parameters...), std::int64_t matches, int layers, cudaStream_t stream,
                   const Arguments&... arguments) {
  if (matches == 0) return;
  const auto blocks = static_cast<unsigned>((matches + threads_per_block - 1) / threads_per_block);
  launch_blocks(kernel, dim3(blocks, static_cast<unsigned>(layers)), threads_per_block, 0, stream, arguments...);
}

/// Launches kernel(arguments...) with one thread for each of `matches`.
template <class... Parameters, class... Arguments>
void launch(void (*kernel)(Parameters...), std::int64_t matches, cudaStream_t stream, const Arguments&... arguments) {
  launch_layers(kernel, matches, 1, stream, arguments...);
}

}  // namespace matchday::kernels
