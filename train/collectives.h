// torch.distributed's process groups: gloo for tensors on a CPU, NCCL for those on CUDA devices.
#pragma once

#include <c10/core/Device.h>

#include <chrono>
#include <string>
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>

namespace matchday {

/// A process's place in a group.
struct GroupOptions {
  int rank = 0;
  int size = 1;
  std::chrono::milliseconds timeout{};  ///< how long a collective waits for the other ranks
};

/// Joins a group whose ranks meet in `store`. Waits for all of them. Throws BadInput if this build has no collectives
/// for the device, c10d's errors if the others can't be reached.
c10::intrusive_ptr<c10d::ProcessGroup> join_group(const c10::intrusive_ptr<c10d::Store>& store, at::Device device,
                                                  const GroupOptions& options);

/// The libraries of collectives in this build: "gloo" or "gloo, nccl".
std::string collectives_names();

}  // namespace matchday
