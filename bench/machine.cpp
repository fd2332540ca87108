#include "bench/machine.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>
#include <thread>
#include <vector>

#include "bench/clock.h"
#include "bench/peak.h"

#ifdef MATCHDAY_WITH_CUDA
#include <ATen/cuda/CUDAContext.h>
#include <cuda_runtime.h>
#endif

namespace matchday::bench {
namespace {

/// Seconds that a piece of work takes when all threads do it at once: the best of several runs.
double best_seconds(int threads, const std::function<void(int)>& work) {
  double best = 1e30;
  for (int run = 0; run < 7; ++run) {
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::thread> others;
    for (int thread = 1; thread < threads; ++thread) others.emplace_back(work, thread);
    work(0);
    for (std::thread& other : others) other.join();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

double copy_rate(int threads, std::int64_t working_set) {
  // Half of a thread's share is read and half is written, as often as takes a few milliseconds.
  const auto half = static_cast<std::size_t>(std::max<std::int64_t>(working_set / threads / 2, 4096));
  const std::size_t repeats = std::max<std::size_t>((std::size_t{64} << 20) / half, 1);
  std::vector<std::vector<char>> from(static_cast<std::size_t>(threads), std::vector<char>(half, 1));
  std::vector<std::vector<char>> to = from;
  const double seconds = best_seconds(threads, [&](int thread) {
    const auto k = static_cast<std::size_t>(thread);
    for (std::size_t repeat = 0; repeat < repeats; ++repeat) std::memcpy(to[k].data(), from[k].data(), half);
  });
  return 2.0 * static_cast<double>(half * repeats) * threads / seconds;
}

double loop_rate(int threads, std::int64_t (*loop)(std::int64_t)) {
  constexpr std::int64_t rounds = 400'000;
  std::int64_t operations = 0;
  const double seconds = best_seconds(threads, [&](int thread) {
    const std::int64_t done = loop(rounds);
    if (thread == 0) operations = done;
  });
  return static_cast<double>(operations) * threads / seconds;
}

#ifdef MATCHDAY_WITH_CUDA
MachinePeak gpu_peak(at::Device device) {
  const cudaDeviceProp* properties = at::cuda::getDeviceProperties(device.index());
  int kilohertz = 0;
  cudaDeviceGetAttribute(&kilohertz, cudaDevAttrClockRate, device.index());
  // 64 float32 lanes on Turing and the large Ampere, 128 on the others.
  const int version = 10 * properties->major + properties->minor;
  const int lanes = version == 75 || version == 80 ? 64 : 128;
  const double simple = 1e3 * kilohertz * lanes * properties->multiProcessorCount;

  const at::Tensor from = at::ones({std::int64_t{1} << 28}, at::TensorOptions(device).dtype(at::kFloat));  // 1 GiB
  const at::Tensor to = at::empty_like(from);
  double best = 1e30;
  for (int run = 0; run < 5; ++run) {
    at::cuda::device_synchronize();
    const auto start = std::chrono::steady_clock::now();
    to.copy_(from);
    at::cuda::device_synchronize();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  // A division or root takes about ten simple instructions and two of the special unit, which has an eighth of the
  // lanes.
  return {2.0 * static_cast<double>(from.nbytes()) / best, simple, simple / 16.0};
}
#endif

}  // namespace

MachinePeak machine_peak([[maybe_unused]] at::Device device, int threads, std::int64_t working_set) {
#ifdef MATCHDAY_WITH_CUDA
  if (device.is_cuda()) return gpu_peak(device);
#endif
  return {copy_rate(threads, working_set), loop_rate(threads, peak_loops().simple),
          loop_rate(threads, peak_loops().division)};
}

double product_rate(at::Device device, int threads) {
  constexpr std::int64_t size = 1024;
  const int threads_before = at::get_num_threads();
  at::set_num_threads(threads);
  const at::Tensor left = at::ones({size, size}, at::TensorOptions(device).dtype(at::kFloat));
  const at::Tensor right = left.clone();
  at::Tensor product = at::empty_like(left);
  double best = 1e30;
  for (int run = 0; run < 20; ++run) {
    const double start = now();
    at::mm_out(product, left, right);
    finish(device);
    best = std::min(best, now() - start);
  }
  at::set_num_threads(threads_before);
  return 2.0 * size * size * size / best;
}

}  // namespace matchday::bench
