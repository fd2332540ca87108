#include "kernels/cuda/launch.h"
#include "kernels/discounted_returns.h"

namespace matchday::kernels {
namespace {

/// One thread a match; neighbouring threads read neighbouring words.
__global__ void discounted_returns_kernel(std::int64_t matches, const float* reward, const bool* terminated,
                                          const float* after, float gamma, std::int64_t steps, float* returns) {
  const std::int64_t b = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (b < matches) discounted_returns(reward + b, terminated + b, after[b], gamma, steps, matches, returns + b);
}

}  // namespace

void discounted_returns_cuda(const float* reward, const bool* terminated, const float* after, float gamma,
                             std::int64_t steps, std::int64_t matches, float* returns, void* stream) {
  launch(discounted_returns_kernel, matches, stream, reward, terminated, after, gamma, steps, returns);
}

}  // namespace matchday::kernels
