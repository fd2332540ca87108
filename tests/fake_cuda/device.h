// A CUDA device in the host's memory, so that what the program does on a GPU is done in every test, also where there is
// no GPU. It is linked in place of torch_cuda, c10_cuda and cudart: torch's operators on it compute on the CPU
// (dispatch.cpp), our kernels are their own sources compiled as C++ (warp.h), a graph is a list of what was launched
// (graph.cpp). What a GPU would not bear it refuses by throwing.
#pragma once

#include <ATen/core/Generator.h>
#include <driver_types.h>

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace matchday::fake_cuda {

/// What warps had tensor cores do.
struct TensorCoreWork {
  double products = 0.0;  ///< of 16 x 16 x 8 numbers
  double loads = 0.0;     ///< of four matrices of 8 x 8 from shared memory
};

/// Until now, by all launches.
TensorCoreWork& tensor_core_work();

/// What was launched under one name.
struct Launches {
  std::int64_t count = 0;
  double bytes = 0.0;  ///< that it read and wrote, each tensor once
  TensorCoreWork tensor_cores{};
};

/// What is recorded between a graph's capture_begin and capture_end.
struct Capture {
  std::vector<std::function<void()>> launches;
  std::vector<at::Generator> generators;  ///< that the graph knows
};

struct Device {
  std::mutex counting;                           ///< autograd works on a thread of its own
  std::map<std::string, Launches> launched;      ///< by operator
  std::map<std::string, std::int64_t> waits;     ///< by what the host waited for
  Capture* capture = nullptr;                    ///< the one that is going on
  std::vector<std::function<void()>> under_way;  ///< copies to the host that it has not waited for
};

/// The one that there is.
Device& device();

/// The name under which launch counts our own kernels: that of the operator that is being called.
inline constexpr const char* kernels_of_an_operator = "";

/// Does `work` on the device, counts it, and records it where a graph is captured.
void launch(const std::string& name, double bytes, std::function<void()> work);

/// Throws if a kernel is launched on another stream than the one on which torch launches its operators: only these are
/// recorded, and nothing would put the two in order.
void require_current(cudaStream_t stream);

/// What is under way to the host arrives there.
void arrive();

/// The host waits for the device. Throws where it may not: in a capture, and when torch was told that waiting is an
/// error.
void wait(const std::string& reason);

/// The tensor's memory as a tensor of the CPU.
at::Tensor on_host(const at::Tensor& tensor);

/// Its generator, which draws with one of the CPU's. Throws if it is no generator of the device, or one that the graph
/// under capture does not know.
at::Generator drawing_generator(const at::Generator& generator);
const at::Generator& default_generator();

}  // namespace matchday::fake_cuda
