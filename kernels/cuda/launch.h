// Every launch of a kernel goes through here: the grid is chosen and errors are checked in this one place.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <stdexcept>
#include <string>

namespace matchday::kernels {

/// Threads of a block. A match needs many registers, so that larger blocks would not run more threads at once.
inline constexpr int threads_per_block = 128;

/// Launches kernel(count, arguments...) with one thread for each of `count` elements. Throws std::runtime_error if the
/// device refuses.
template <class... Parameters, class... Arguments>
void launch(void (*kernel)(std::int64_t, Parameters...), std::int64_t count, void* stream, Arguments... arguments) {
  if (count == 0) return;
  const auto blocks = static_cast<unsigned>((count + threads_per_block - 1) / threads_per_block);
  kernel<<<blocks, threads_per_block, 0, static_cast<cudaStream_t>(stream)>>>(count, arguments...);
  const cudaError_t error = cudaGetLastError();
  if (error != cudaSuccess) throw std::runtime_error(std::string("CUDA: ") + cudaGetErrorString(error));
}

}  // namespace matchday::kernels
