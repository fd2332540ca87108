#include "bench/machine.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <functional>
#include <thread>
#include <vector>

#include "bench/clock.h"
#include "bench/peak.h"

#ifdef MATCHDAY_WITH_CUDA
#include <cuda_runtime.h>
#include <fmt/format.h>

#include <stdexcept>
#endif

namespace matchday::bench {
namespace {

/// Rows and columns of the matrices that are multiplied.
constexpr std::int64_t smallest_product = 1024;
constexpr std::int64_t largest_product = 8192;

/// A product that takes this many seconds keeps all of a GPU's multiprocessors busy: its start and end are negligible.
constexpr double long_enough = 5e-3;

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
  // Each thread reads one half of its share and writes the other, repeated to take a few milliseconds.
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

/// The best of several runs.
double seconds_of_product(at::Device device, at::ScalarType precision, std::int64_t size) {
  constexpr int fewest_runs = 2;  // a library's first product of a size takes longer
  constexpr int most_runs = 20;
  constexpr double most_seconds = 1.0;
  // Random, since a GPU multiplies equal numbers with less power, and so faster.
  const at::Tensor left = at::randn({size, size}, at::TensorOptions(device)).to(precision);
  const at::Tensor right = left.t().contiguous();
  at::Tensor product = at::empty_like(left);
  finish(device);
  double best = 1e30;
  const double begin = now();
  for (int run = 0; run < fewest_runs || (run < most_runs && now() - begin < most_seconds); ++run) {
    const double start = now();
    at::mm_out(product, left, right);
    finish(device);
    best = std::min(best, now() - start);
  }
  return best;
}

#ifdef MATCHDAY_WITH_CUDA
/// An attribute of a GPU. Throws std::runtime_error if CUDA can't report it, and clears CUDA's last error, which the
/// check after the next kernel launch would report.
int attribute_of(at::Device device, cudaDeviceAttr attribute, const char* name) {
  int value = 0;
  const cudaError_t error = cudaDeviceGetAttribute(&value, attribute, device.index());
  if (error == cudaSuccess) return value;
  cudaGetLastError();
  throw std::runtime_error(fmt::format("{} does not tell its {}: {}", device.str(), name, cudaGetErrorString(error)));
}

/// What a GPU's multiprocessors do in a second, by their number, clock and compute capability.
struct Multiprocessors {
  double cycles;        ///< of all
  int lanes;            ///< float32 numbers in a cycle, each multiplied and added to
  int of_tensor_cores;  ///< bfloat16 numbers in a cycle, likewise; 0: not known
};

Multiprocessors multiprocessors_of(at::Device device) {
  const int count = attribute_of(device, cudaDevAttrMultiProcessorCount, "number of multiprocessors");
  const int version = 10 * attribute_of(device, cudaDevAttrComputeCapabilityMajor, "compute capability") +
                      attribute_of(device, cudaDevAttrComputeCapabilityMinor, "compute capability");
  const int kilohertz = attribute_of(device, cudaDevAttrClockRate, "clock rate");
  // 64 lanes on Turing and the large Ampere, 128 on the others. Tensor cores by NVIDIA's white papers, without
  // sparsity.
  return {1e3 * kilohertz * count, version == 75 || version == 80 ? 64 : 128,
          version == 90                    ? 2048
          : version == 80                  ? 1024
          : version == 86 || version == 89 ? 512
                                           : 0};
}

MachinePeak gpu_peak(at::Device device) {
  const Multiprocessors multiprocessors = multiprocessors_of(device);
  const double simple = multiprocessors.cycles * multiprocessors.lanes;

  const at::Tensor from = at::ones({std::int64_t{1} << 28}, at::TensorOptions(device).dtype(at::kFloat));  // 1 GiB
  const at::Tensor to = at::empty_like(from);
  double best = 1e30;
  for (int run = 0; run < 5; ++run) {
    finish(device);
    const double start = now();
    to.copy_(from);
    finish(device);
    best = std::min(best, now() - start);
  }
  // A division or root takes about ten simple instructions and two of the special unit, which has an eighth of the
  // lanes.
  return {2.0 * static_cast<double>(from.nbytes()) / best, simple, simple / 16.0};
}
#endif

/// By this machine's own instructions; 0: not known.
double own_product_rate([[maybe_unused]] at::Device device, at::ScalarType precision, int threads) {
#ifdef MATCHDAY_WITH_CUDA
  if (device.is_cuda()) {
    const Multiprocessors multiprocessors = multiprocessors_of(device);
    return 2.0 * multiprocessors.cycles *
           (precision == at::kFloat ? multiprocessors.lanes : multiprocessors.of_tensor_cores);
  }
#endif
  if (!device.is_cpu()) return 0.0;
  return loop_rate(threads, precision == at::kFloat ? peak_loops().product : peak_loops().bfloat16_product);
}

}  // namespace

MachinePeak machine_peak([[maybe_unused]] at::Device device, int threads, std::int64_t working_set) {
#ifdef MATCHDAY_WITH_CUDA
  if (device.is_cuda()) return gpu_peak(device);
#endif
  return {copy_rate(threads, working_set), loop_rate(threads, peak_loops().simple),
          loop_rate(threads, peak_loops().division)};
}

double product_rate(at::Device device, at::ScalarType precision, int threads) {
  const int threads_before = at::get_num_threads();
  at::set_num_threads(threads);
  std::int64_t size = smallest_product;
  double seconds = seconds_of_product(device, precision, size);
  while (!device.is_cpu() && size < largest_product && seconds < long_enough)
    seconds = seconds_of_product(device, precision, size *= 2);
  at::set_num_threads(threads_before);
  return std::max(2.0 * std::pow(static_cast<double>(size), 3) / seconds, own_product_rate(device, precision, threads));
}

}  // namespace matchday::bench
