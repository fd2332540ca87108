#include "kernels/cuda/kernels.h"
#include "kernels/cuda/launch.h"

namespace matchday::kernels {
namespace {

__global__ void discounted_returns_kernel(ReturnsArrays arrays) {
  const std::int64_t b = match_of_thread();
  if (b < arrays.matches) discounted_returns<float>(arrays, b);
}

}  // namespace

void discounted_returns_cuda(const ReturnsArrays& arrays, cudaStream_t stream) {
  launch(discounted_returns_kernel, arrays.matches, stream, arrays);
}

}  // namespace matchday::kernels
