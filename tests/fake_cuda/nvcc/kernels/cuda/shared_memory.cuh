// The shared memory that a launch gives each block, for kernels/cuda/shared_memory.cuh.
#pragma once

#include "tests/fake_cuda/warp.h"

namespace matchday::kernels {

inline std::byte* shared_memory() { return fake_cuda::shared_memory(); }

}  // namespace matchday::kernels
