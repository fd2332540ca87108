#include "kernels/sample.h"

#include "kernels/cuda/kernels.h"
#include "kernels/cuda/launch.h"

namespace matchday::kernels {
namespace {

__global__ void noise_kernel(NoiseArrays arrays, float* to) {
  const std::int64_t b = match_of_thread();
  if (b < arrays.matches) noise<float>(arrays, b, to);
}

__global__ void sample_actions_kernel(NoiseArrays arrays, SampleArrays samples) {
  const std::int64_t b = match_of_thread();
  if (b < arrays.matches) sample_actions<float>(arrays, samples, b);
}

}  // namespace

void noise_cuda(const NoiseArrays& arrays, float* noise, cudaStream_t stream) {
  launch(noise_kernel, arrays.matches, stream, arrays, noise);
}

void sample_actions_cuda(const NoiseArrays& arrays, const SampleArrays& samples, cudaStream_t stream) {
  launch(sample_actions_kernel, arrays.matches, stream, arrays, samples);
}

}  // namespace matchday::kernels
