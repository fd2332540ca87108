// What torch_cuda, c10_cuda and cudart do for a program besides operators and graphs: one device, its streams, events,
// generator and properties. Everything is done as soon as it is launched, but copies to the host arrive when
// it waits; so streams order nothing.
#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/cuda/CUDAContext.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAStream.h>
#include <cuda_runtime_api.h>

#include "tests/fake_cuda/device.h"
#include "tests/fake_cuda/memory.h"

namespace matchday::fake_cuda {
namespace {

const c10::Device the_device(c10::kCUDA, 0);

/// What an H100 has.
constexpr std::size_t all_memory = 80'000'000'000;
constexpr int compute_capability = 9;
constexpr int multiprocessors = 132;
constexpr int kilohertz = 1'755'000;
constexpr int shared_bytes_of_block = 227 << 10;

constexpr std::int64_t stream_of_the_pool = 7;
thread_local std::int64_t current_stream = 0;
c10::Stream stream(std::int64_t id) { return c10::Stream(c10::Stream::UNSAFE, the_device, id); }

cudaError_t last_error = cudaSuccess;

struct Generator final : c10::GeneratorImpl {
  at::Generator of_host;

  explicit Generator(at::Generator own)
      : GeneratorImpl(the_device, c10::DispatchKeySet(c10::DispatchKey::CUDA)), of_host(std::move(own)) {}
  void set_current_seed(std::uint64_t seed) override { of_host.set_current_seed(seed); }
  void set_offset(std::uint64_t offset) override { of_host.set_offset(offset); }
  std::uint64_t get_offset() const override { return of_host.get_offset(); }
  std::uint64_t current_seed() const override { return of_host.current_seed(); }
  std::uint64_t seed() override { return of_host.seed(); }
  void set_state(const c10::TensorImpl& state) override { of_host.unsafeGetGeneratorImpl()->set_state(state); }
  c10::intrusive_ptr<c10::TensorImpl> get_state() const override {
    return of_host.unsafeGetGeneratorImpl()->get_state();
  }
  c10::GeneratorImpl* clone_impl() const override { return new Generator(of_host.clone()); }
};

struct Hooks final : at::CUDAHooksInterface {
  explicit Hooks(at::CUDAHooksArgs) {}
  void init() const override {}
  bool isBuilt() const override { return true; }
  bool isAvailable() const override { return true; }
  bool hasCUDA() const override { return true; }
  bool hasPrimaryContext(c10::DeviceIndex) const override { return true; }
  c10::DeviceIndex deviceCount() const override { return 1; }
  int getNumGPUs() const override { return 1; }
  c10::DeviceIndex current_device() const override { return 0; }
  c10::DeviceIndex getCurrentDevice() const override { return 0; }
  void setCurrentDevice(c10::DeviceIndex) const override {}
  c10::DeviceIndex exchangeDevice(c10::DeviceIndex) const override { return 0; }
  c10::DeviceIndex maybeExchangeDevice(c10::DeviceIndex) const override { return 0; }
  const at::Generator& getDefaultGenerator(c10::DeviceIndex) const override { return default_generator(); }
  bool isPinnedPtr(const void* address) const override { return is_pinned(address); }
  c10::Allocator* getPinnedMemoryAllocator() const override { return pinned_allocator(); }
  at::Device getDeviceFromPtr(void*) const override { return the_device; }
};

struct Guard final : c10::impl::DeviceGuardImplInterface {
  c10::DeviceType type() const override { return c10::kCUDA; }
  c10::Device exchangeDevice(c10::Device) const override { return the_device; }
  c10::Device getDevice() const override { return the_device; }
  void setDevice(c10::Device) const override {}
  void uncheckedSetDevice(c10::Device) const noexcept override {}
  c10::Stream getStream(c10::Device) const override { return stream(current_stream); }
  c10::Stream getDefaultStream(c10::Device) const override { return stream(0); }
  c10::Stream getStreamFromGlobalPool(c10::Device, bool) const override { return stream(stream_of_the_pool); }
  c10::Stream exchangeStream(c10::Stream next) const override {
    return stream(std::exchange(current_stream, next.id()));
  }
  c10::DeviceIndex deviceCount() const noexcept override { return 1; }
  void record(void**, const c10::Stream&, c10::DeviceIndex, c10::EventFlag) const override {}
  void block(void*, const c10::Stream&) const override {}
  bool queryEvent(void*) const override { return true; }
  void synchronizeEvent(void*) const override { arrive(); }
  void synchronizeDevice(c10::DeviceIndex) const override {
    arrive();
    require_whole_fences();
  }
  void destroyEvent(void*, c10::DeviceIndex) const noexcept override {}
};

/// Torch's, as far as the program asks it; tensors' memory comes from dispatch.cpp.
struct DeviceAllocator final : c10::DeviceAllocator {
  c10::DataPtr allocate(std::size_t) override { TORCH_CHECK(false, "fake CUDA: memory without a tensor"); }
  void copy_data(void* to, const void* from, std::size_t bytes) const override { std::memcpy(to, from, bytes); }
  bool initialized() override { return true; }
  void emptyCache(c10::MempoolId_t) override {
    TORCH_CHECK(device().capture == nullptr, "fake CUDA: the cache can't be emptied while a graph is captured");
  }
  void recordStream(const c10::DataPtr&, c10::Stream) override {}
  c10::CachingDeviceAllocator::DeviceStats getDeviceStats(c10::DeviceIndex) override { return {}; }
  void resetAccumulatedStats(c10::DeviceIndex) override {}
  void resetPeakStats(c10::DeviceIndex) override { forget_peak(); }
  std::pair<std::size_t, std::size_t> getMemoryInfo(c10::DeviceIndex) override {
    return {all_memory - memory_use().live, all_memory};
  }
};

[[maybe_unused]] const bool is_set_up = [] {
  static DeviceAllocator one;
  c10::SetAllocator(c10::kCUDA, &one);
  at::set_num_threads(1);  // several would wait for each other in every operator
  return true;
}();

C10_REGISTER_GUARD_IMPL(CUDA, Guard)

}  // namespace

const at::Generator& default_generator() {
  static const at::Generator one = at::make_generator<Generator>(at::detail::createCPUGenerator());
  return one;
}

void require_current(cudaStream_t stream) {
  TORCH_CHECK(reinterpret_cast<std::uintptr_t>(stream) == static_cast<std::uintptr_t>(current_stream),
              "fake CUDA: a kernel is launched on another stream than the current one");
}

at::Generator drawing_generator(const at::Generator& generator) {
  TORCH_CHECK(generator.device().is_cuda(), "fake CUDA: it can't draw with a generator of ", generator.device());
  if (const Capture* capture = device().capture) {
    bool known = false;
    for (const at::Generator& registered : capture->generators) known |= registered == generator;
    TORCH_CHECK(known, "fake CUDA: the graph under capture does not know this generator");
  }
  return static_cast<Generator*>(generator.unsafeGetGeneratorImpl())->of_host;
}

}  // namespace matchday::fake_cuda

namespace at {
using matchday::fake_cuda::Hooks;
C10_REGISTER_TYPED_CLASS(CUDAHooksRegistry, "CUDAHooks", Hooks)
}  // namespace at

namespace c10::cuda {

namespace fake = matchday::fake_cuda;

DeviceIndex device_count() noexcept { return 1; }
DeviceIndex current_device() { return 0; }
cudaError_t GetDevice(DeviceIndex* device) { return *device = 0, cudaSuccess; }
cudaError_t SetDevice(DeviceIndex, bool) { return cudaSuccess; }
cudaError_t MaybeSetDevice(DeviceIndex) { return cudaSuccess; }
DeviceIndex ExchangeDevice(DeviceIndex) { return 0; }
void c10_cuda_check_implementation(std::int32_t error, const char* file, const char*, std::uint32_t line, bool) {
  TORCH_CHECK(error == cudaSuccess, "fake CUDA: error ", error, " at ", file, ":", line);
}
CUDAStream getCurrentCUDAStream(DeviceIndex) {
  return CUDAStream(CUDAStream::UNCHECKED, fake::stream(fake::current_stream));
}
CUDAStream getDefaultCUDAStream(DeviceIndex) { return CUDAStream(CUDAStream::UNCHECKED, fake::stream(0)); }
void setCurrentCUDAStream(CUDAStream stream) { fake::current_stream = stream.id(); }
// NOLINTNEXTLINE(performance-no-int-to-ptr): the number is the handle
cudaStream_t CUDAStream::stream() const { return reinterpret_cast<cudaStream_t>(static_cast<std::uintptr_t>(id())); }

}  // namespace c10::cuda

namespace at::cuda {

cudaDeviceProp* getDeviceProperties(c10::DeviceIndex index) {
  TORCH_CHECK(index <= 0, "fake CUDA: there is no device ", static_cast<int>(index));
  static cudaDeviceProp properties = [] {
    cudaDeviceProp of_device{};
    of_device.major = matchday::fake_cuda::compute_capability;
    of_device.multiProcessorCount = matchday::fake_cuda::multiprocessors;
    return of_device;
  }();
  return &properties;
}

}  // namespace at::cuda

extern "C" {
const char* cudaGetErrorString(cudaError_t) { return "fake CUDA: an error"; }
cudaError_t cudaGetDeviceCount(int* count) { return *count = 1, cudaSuccess; }
cudaError_t cudaGetDevice(int* device) { return *device = 0, cudaSuccess; }
cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int index) {
  using namespace matchday::fake_cuda;
  if (index != 0) return last_error = cudaErrorInvalidDevice;
  *value = attribute == cudaDevAttrMultiProcessorCount            ? multiprocessors
           : attribute == cudaDevAttrComputeCapabilityMajor       ? compute_capability
           : attribute == cudaDevAttrClockRate                    ? kilohertz
           : attribute == cudaDevAttrMaxSharedMemoryPerBlockOptin ? shared_bytes_of_block
                                                                  : 0;
  return cudaSuccess;
}
cudaError_t cudaGetLastError() { return std::exchange(matchday::fake_cuda::last_error, cudaSuccess); }
}
