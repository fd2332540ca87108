#include "train/collectives.h"

#include <fmt/format.h>

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#ifdef MATCHDAY_WITH_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

#include "rules/bad_input.h"

namespace matchday {

c10::intrusive_ptr<c10d::ProcessGroup> join_group(const c10::intrusive_ptr<c10d::Store>& store, at::Device device,
                                                  const GroupOptions& options) {
  using c10d::ProcessGroup, c10d::ProcessGroupGloo;
  const auto part = [&](const char* name) { return c10::make_intrusive<c10d::PrefixStore>(name, store); };
  auto group = c10::make_intrusive<ProcessGroup>(store, options.rank, options.size);
  // Also beside a GPU, for what the host knows: clocks and signals.
  group->setDefaultBackend(ProcessGroup::GLOO);
  group->setBackend(at::kCPU, ProcessGroup::GLOO,
                    c10::make_intrusive<ProcessGroupGloo>(part("gloo"), options.rank, options.size,
                                                          ProcessGroupGloo::Options::create_default(options.timeout)));
  if (device.is_cpu()) return group;
#ifdef MATCHDAY_WITH_NCCL
  if (device.is_cuda()) {
    const auto nccl = c10d::ProcessGroupNCCL::Options::create();
    nccl->timeout = options.timeout;
    group->setBackend(at::kCUDA, ProcessGroup::NCCL,
                      c10::make_intrusive<c10d::ProcessGroupNCCL>(part("nccl"), options.rank, options.size, nccl));
    return group;
  }
#endif
  throw BadInput(fmt::format("several ranks can't train on {} here: this build has collectives by {}", device.str(),
                             collectives_names()));
}

std::string collectives_names() {
#ifdef MATCHDAY_WITH_NCCL
  return "gloo, nccl";
#else
  return "gloo";
#endif
}

}  // namespace matchday
