#include "tests/fake_cuda/warp.h"

#include <ucontext.h>

#include <array>
#include <stdexcept>
#include <vector>

#include "tests/fake_cuda/device.h"

namespace matchday::fake_cuda {

uint3 thread_index{};
uint3 block_index{};

namespace {

constexpr unsigned most_lanes = 32;

/// A match of eleven a side takes some 10 kB.
constexpr std::size_t stack_bytes = std::size_t{256} << 10;

/// A thread of the warp that runs.
struct Lane {
  ucontext_t context{};
  std::vector<char> stack = std::vector<char>(stack_bytes);
  bool runs = false;  ///< has not come to its end
  unsigned mask = 0;  ///< of the barrier at which it waits
};

struct Warp {
  ucontext_t scheduler{};
  std::array<Lane, most_lanes> lanes;
  unsigned now = 0;  ///< the lane that runs
  const std::function<void()>* thread = nullptr;
};

Warp& warp() {
  static Warp one;
  return one;
}

void run_lane() {
  Warp& all = warp();
  (*all.thread)();  // NOLINT(clang-analyzer-core.CallAndMessage): set before lanes run
  all.lanes[all.now].runs = false;
  swapcontext(&all.lanes[all.now].context, &all.scheduler);
}

/// Everybody who waits must wait for exactly those who wait with the same mask.
void require_masks_that_fit(const Warp& all) {
  for (unsigned lane = 0; lane < most_lanes; ++lane)
    for (unsigned other = 0; all.lanes[lane].runs && other < most_lanes; ++other) {
      const bool named = (all.lanes[lane].mask >> other & 1U) != 0;
      const bool comes = all.lanes[other].runs && all.lanes[other].mask == all.lanes[lane].mask;
      if (named != comes)
        throw std::runtime_error("fake CUDA: the mask of a __syncwarp does not name those who come to it");
    }
}

void run_block(unsigned lanes, const std::function<void()>& thread) {
  Warp& all = warp();
  all.thread = &thread;
  for (unsigned k = 0; k < most_lanes; ++k) {
    Lane& lane = all.lanes[k];
    lane.runs = k < lanes;
    if (!lane.runs) continue;
    getcontext(&lane.context);
    lane.context.uc_stack.ss_sp = lane.stack.data();
    lane.context.uc_stack.ss_size = lane.stack.size();
    makecontext(&lane.context, run_lane, 0);
  }
  for (bool anybody = lanes > 0; anybody;) {
    anybody = false;
    // The last one first, so that who relies on the others' being done without a barrier is seen.
    for (unsigned k = lanes; k-- > 0;) {
      if (!all.lanes[k].runs) continue;
      all.now = k;
      thread_index = {k, 0, 0};
      swapcontext(&all.scheduler, &all.lanes[k].context);
      anybody |= all.lanes[k].runs;
    }
    require_masks_that_fit(all);
  }
}

}  // namespace

void sync_warp(unsigned mask) {
  Warp& all = warp();
  all.lanes[all.now].mask = mask;
  swapcontext(&all.lanes[all.now].context, &all.scheduler);
}

void launch_kernel(dim3 grid, dim3 block, std::function<void()> thread) {
  if (block.x > most_lanes || block.y != 1 || block.z != 1)
    throw std::runtime_error("fake CUDA: a block of more than one warp");
  if (grid.x == 0 || grid.y == 0) throw std::runtime_error("fake CUDA: a launch of nothing");
  launch(kernels_of_an_operator, 0.0, [grid, block, thread = std::move(thread)] {
    for (unsigned y = 0; y < grid.y; ++y)
      for (unsigned x = 0; x < grid.x; ++x) {
        block_index = {x, y, 0};
        run_block(block.x, thread);
      }
  });
}

}  // namespace matchday::fake_cuda
