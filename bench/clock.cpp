#include "bench/clock.h"

#include <chrono>

#ifdef MATCHDAY_WITH_CUDA
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#endif

namespace matchday::bench {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

void finish([[maybe_unused]] at::Device device) {
#ifdef MATCHDAY_WITH_CUDA
  if (!device.is_cuda()) return;
  const c10::cuda::CUDAGuard guard(device);
  c10::cuda::device_synchronize();
#endif
}

}  // namespace matchday::bench
