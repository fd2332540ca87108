#include "kernels/cuda/adam.h"

#include "kernels/cuda/launch.h"

namespace matchday::kernels {
namespace {

/// One block finds the norm: a network has few parameters, and their sum's order is then always the same.
constexpr int threads_of_norm = 1024;

/// A thread's share of a gradient: the sum of squares, and where its first bad number is; P: nowhere.
struct Share {
  float squares;
  std::int64_t bad;
};

__device__ inline Share joined(Share a, Share b) { return {a.squares + b.squares, b.bad < a.bad ? b.bad : a.bad}; }

__global__ void __launch_bounds__(threads_of_norm) norm_kernel(const __grid_constant__ AdamArrays arrays) {
  __shared__ Share shares[threads_of_norm];
  const auto thread = static_cast<int>(threadIdx.x);
  Share mine{0.0F, arrays.size};
  for (std::int64_t k = thread; k < arrays.size; k += threads_of_norm) {
    const float number = arrays.gradient[k];
    mine = joined(mine, {number * number, isfinite(number) ? arrays.size : k});
  }
  shares[thread] = mine;
  for (int half = threads_of_norm / 2; half > 0; half /= 2) {
    __syncthreads();
    if (thread < half) shares[thread] = joined(shares[thread], shares[thread + half]);
  }
  if (thread > 0) return;

  const float norm = sqrtf(shares[0].squares);
  const bool bad = !isfinite(norm);  // the squares of finite numbers, too, may be too large
  if (bad) {
    *arrays.skipped += 1.0F;
    *arrays.culprit = shares[0].bad < arrays.size ? shares[0].bad : 0;
  }
  const bool idle = bad || (arrays.pause != nullptr && *arrays.pause);
  if (!idle) *arrays.steps += 1.0F;
  const auto bias = [&](double beta) { return 1.0 - pow(beta, static_cast<double>(*arrays.steps)); };
  arrays.found[norm_finding] = norm;
  arrays.found[scale_finding] =
      idle ? -1.0F
           : fminf(static_cast<float>(arrays.options.gradient_norm) / (norm + static_cast<float>(gradient_norm_floor)),
                   1.0F);
  arrays.found[rate_finding] =
      static_cast<float>(static_cast<double>(*arrays.learning_rate) / bias(arrays.options.beta1));
  arrays.found[bias_finding] = static_cast<float>(sqrt(bias(arrays.options.beta2)));
}

/// A thread is a parameter (Kingma & Ba 2015, algorithm 1).
__global__ void adam_kernel(const __grid_constant__ AdamArrays arrays) {
  const std::int64_t k = match_of_thread();
  const float scale = arrays.found[scale_finding];
  if (k >= arrays.size || scale < 0.0F) return;
  const float gradient = scale * arrays.gradient[k];
  const float mean = arrays.mean[k] + static_cast<float>(1.0 - arrays.options.beta1) * (gradient - arrays.mean[k]);
  const float square = static_cast<float>(arrays.options.beta2) * arrays.square[k] +
                       static_cast<float>(1.0 - arrays.options.beta2) * (gradient * gradient);
  arrays.mean[k] = mean;
  arrays.square[k] = square;
  arrays.parameters[k] -= arrays.found[rate_finding] * mean /
                          (sqrtf(square) / arrays.found[bias_finding] + static_cast<float>(arrays.options.epsilon));
}

}  // namespace

void adam_step_cuda(const AdamArrays& arrays, cudaStream_t stream) {
  launch_blocks(norm_kernel, dim3(1), threads_of_norm, 0, stream, arrays);
  launch(adam_kernel, arrays.size, stream, arrays);
}

}  // namespace matchday::kernels
