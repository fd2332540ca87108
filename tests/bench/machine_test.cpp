// The machine's measured speeds for benchmarks. A speed can't be tested; the products that are timed can.
#include "bench/machine.h"

#include <ATen/ATen.h>
#include <ATen/record_function.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "tests/support/catch.h"

#ifdef MATCHDAY_WITH_CUDA
#include <cuda_runtime.h>
#endif

using namespace matchday;

namespace {

at::Tensor multiplied;

std::unique_ptr<at::ObserverContext> note_product(const at::RecordFunction& function) {
  if (std::string(function.name()) == "aten::mm") multiplied = function.inputs()[0].toTensor();
  return nullptr;
}

}  // namespace

TEST_CASE("products are measured in the precision that was asked for") {
  const at::CallbackHandle handle = at::addThreadLocalCallback(
      at::RecordFunctionCallback(&note_product).needsInputs(true).scopes({at::RecordScope::FUNCTION}));
  for (const at::ScalarType precision : {at::kFloat, at::kBFloat16}) {
    CHECK(bench::product_rate(at::kCPU, precision, 1) > 0.0);
    CHECK(multiplied.scalar_type() == precision);
    CHECK(multiplied.sizes() == at::IntArrayRef{1024, 1024});
    CHECK(multiplied.to(at::kFloat).std().item<double>() > 0.9);  // not all the same
  }
  at::removeCallback(handle);
  multiplied.reset();
}

#ifdef MATCHDAY_WITH_CUDA
TEST_CASE("what a GPU does not tell is one sentence, and no later launch is blamed for it", "[cuda]") {
  std::string complaint;
  try {
    bench::machine_peak(at::Device(at::kCUDA, 99), 1, 1 << 20);
  } catch (const std::runtime_error& error) {
    complaint = error.what();
  }
  CHECK(complaint.starts_with("cuda:99 does not tell its number of multiprocessors: "));
  CHECK(complaint.find('\n') == std::string::npos);
  int devices = 0;
  if (cudaGetDeviceCount(&devices) == cudaSuccess) CHECK(cudaGetLastError() == cudaSuccess);  // or all later calls fail
}
#endif
