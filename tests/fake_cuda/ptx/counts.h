// What kernels do, counted while they run: instructions that threads take and warps issue, and how memory is asked.
#pragma once

#include <map>

#include "memory.h"

namespace matchday::ptx {

struct Requests {
  std::uint64_t requests = 0;  ///< accesses that a warp makes as one
  std::uint64_t sectors = 0;   ///< of 32 bytes, that they touch
};

struct Counts {
  std::uint64_t warps = 0;
  std::uint64_t taken = 0;   ///< instructions, by threads
  std::uint64_t issued = 0;  ///< instructions, by warps
  Requests loads;
  Requests stores;
};

/// Begins to count, in kernels that were translated for it.
void count_from_now_on();
bool counting();
/// By the kernels' names.
const std::map<std::string, Counts>& counts();

/// An access to memory that all blocks see.
void count_access(unsigned thread, const Access& access);
/// A warp that has ended; runs: of every thread's basic blocks. Its threads are taken to run together whenever they
/// can: a warp issues a basic block as often as that of its threads which runs it most often, and the n-th accesses of
/// one instruction are one request.
void count_warp(const Kernel& kernel, const std::vector<std::vector<std::uint64_t>>& runs);

}  // namespace matchday::ptx
