#include "train/device.h"

#include <fmt/format.h>
#include <torch/cuda.h>
#include <torch/mps.h>

#include <algorithm>
#include <thread>

#include "rules/bad_input.h"
#include "train/ranks.h"

#ifdef MATCHDAY_WITH_CUDA
#include <ATen/cuda/CUDAContext.h>
#endif

namespace matchday {
namespace {

bool multiplies_bfloat16([[maybe_unused]] at::Device device) {
#ifdef MATCHDAY_WITH_CUDA
  if (device.is_cuda()) return at::cuda::getDeviceProperties(device.index())->major >= 8;
#endif
  return false;
}

}  // namespace

at::Device find_device(const std::string& name) {
  TrainOptions options;
  options.device = name;
  if (const auto text = range_problem(train_fields, options)) throw BadInput(*text);
  at::Device device = name != "auto"                ? at::Device(name)
                      : torch::cuda::is_available() ? at::kCUDA
                      : torch::mps::is_available()  ? at::kMPS
                                                    : at::kCPU;
  if (!device.is_cpu() && !device.has_index())
    device.set_index(device.is_cuda() ? static_cast<at::DeviceIndex>(local_rank()) : at::DeviceIndex{0});
  if (device.is_cuda() &&
      (!torch::cuda::is_available() || device.index() >= static_cast<int>(torch::cuda::device_count())))
    throw BadInput(fmt::format("device is {} but this machine has {} CUDA device(s) that torch can use", name,
                               torch::cuda::is_available() ? torch::cuda::device_count() : 0));
  if (device.is_mps() && !torch::mps::is_available())
    throw BadInput("device is mps but torch can't use Metal on this machine");
  return device;
}

int threads_of(const TrainOptions& options, at::Device device) {
  if (!device.is_cpu()) return 1;
  if (options.threads > 0) return static_cast<int>(options.threads);
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()) / local_ranks());
}

at::ScalarType precision_of(const TrainOptions& options, at::Device device) {
  if (options.precision == Precision::fp32) return at::kFloat;
  if (options.precision == Precision::automatic) return multiplies_bfloat16(device) ? at::kBFloat16 : at::kFloat;
  if (!device.is_cpu() && !multiplies_bfloat16(device))
    throw BadInput(
        fmt::format("precision is bf16, which {} does not multiply; it must be auto or fp32 there", device.str()));
  return at::kBFloat16;
}

}  // namespace matchday
