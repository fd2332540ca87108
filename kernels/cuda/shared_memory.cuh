// The shared memory that a launch gives each block.
#pragma once

#include <cstddef>

namespace matchday::kernels {

/// Its first byte, at a multiple of 16.
__device__ inline std::byte* shared_memory() {
  extern __shared__ __align__(16) std::byte bytes[];
  return bytes;
}

}  // namespace matchday::kernels
