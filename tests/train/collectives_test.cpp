// The libraries of collectives: each is chosen by the device that the tensors are on.
#include "train/collectives.h"

#include <torch/cuda.h>

#include <stdexcept>
#include <string>
#include <torch/csrc/distributed/c10d/HashStore.hpp>

#include "tests/support/catch.h"

using namespace matchday;

namespace {

/// A group of this process alone.
c10::intrusive_ptr<c10d::ProcessGroup> group_on(at::Device device) {
  return join_group(c10::make_intrusive<c10d::HashStore>(), device,
                    {.rank = 0, .size = 1, .timeout = std::chrono::seconds(9)});
}

void check_gathers(at::Device device) {
  const auto group = group_on(device);
  at::Tensor sent = at::arange(3, at::TensorOptions(device).dtype(at::kFloat));
  at::Tensor got = at::zeros_like(sent);
  group->_allgather_base(got, sent)->wait();
  CHECK(got.equal(sent));
}

}  // namespace

TEST_CASE("gloo gathers what lies on a CPU, NCCL what lies on a GPU") {
  check_gathers(at::kCPU);
  const at::Device gpu(at::kCUDA, 0);
  if (torch::cuda::is_available()) return check_gathers(gpu);
  std::string told;
  try {
    group_on(gpu);
  } catch (const std::exception& error) {
    told = error.what();
  }
  // Where there is NCCL it was chosen: what misses the GPU is NCCL's group.
  const char* expected = collectives_names() == "gloo" ? "this build has collectives by gloo" : "ProcessGroupNCCL";
  INFO(told);
  CHECK(told.find(expected) != std::string::npos);
}
