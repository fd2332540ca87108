#include "tests/fake_cuda/device.h"

#include <ATen/ATen.h>
#include <ATen/record_function.h>
#include <c10/cuda/CUDAFunctions.h>

#include "tests/fake_cuda/memory.h"

namespace matchday::fake_cuda {
namespace {

/// Our operators that are being called, and the bytes of the tensors that they were called with.
thread_local std::vector<std::pair<std::string, double>> operators;

struct OurOperator final : at::ObserverContext {};

std::unique_ptr<at::ObserverContext> enter(const at::RecordFunction& function) {
  const std::string name = function.name();
  if (name.rfind("matchday::", 0) != 0) return nullptr;
  double bytes = 0.0;
  for (const c10::IValue& value : function.inputs())
    if (value.isTensor() && value.toTensor().is_cuda()) bytes += static_cast<double>(value.toTensor().nbytes());
  operators.emplace_back(name, bytes);
  return std::make_unique<OurOperator>();
}

void leave(const at::RecordFunction& function, at::ObserverContext* context) {
  if (context == nullptr) return;
  double bytes = operators.back().second;
  for (const c10::IValue& value : function.outputs())
    if (value.isTensor()) bytes += static_cast<double>(value.toTensor().nbytes());
  const std::lock_guard lock(device().counting);
  device().launched[operators.back().first].bytes += bytes;
  operators.pop_back();
}

const auto watching_operators = at::addGlobalCallback(
    at::RecordFunctionCallback(enter, leave).needsInputs(true).needsOutputs(true).scopes({at::RecordScope::FUNCTION}));

}  // namespace

Device& device() {
  static auto* one = new Device;  // never destroyed: static tensors are freed after everything else
  return *one;
}

TensorCoreWork& tensor_core_work() {
  static TensorCoreWork one;
  return one;
}

void launch(const std::string& name, double bytes, std::function<void()> work) {
  const TensorCoreWork before = tensor_core_work();
  work();
  {
    const std::lock_guard lock(device().counting);
    Launches& counted = device().launched[!name.empty() || operators.empty() ? name : operators.back().first];
    ++counted.count;
    counted.bytes += bytes;
    counted.tensor_cores.products += tensor_core_work().products - before.products;
    counted.tensor_cores.loads += tensor_core_work().loads - before.loads;
  }
  if (device().capture != nullptr) device().capture->launches.push_back(std::move(work));
}

void arrive() {
  for (const std::function<void()>& copy : std::exchange(device().under_way, {})) copy();
}

void wait(const std::string& reason) {
  {
    const std::lock_guard lock(device().counting);
    ++device().waits[reason];
  }
  TORCH_CHECK(device().capture == nullptr, "fake CUDA: ", reason, ": the host can't wait while a graph is captured");
  TORCH_CHECK(c10::cuda::warning_state().get_sync_debug_mode() != c10::cuda::SyncDebugMode::L_ERROR,
              "fake CUDA: ", reason, ": called a synchronizing CUDA operation");
  arrive();
  require_whole_fences();
}

}  // namespace matchday::fake_cuda
