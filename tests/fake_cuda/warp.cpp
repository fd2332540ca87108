#include "tests/fake_cuda/warp.h"

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>
#include <vector>

#include "tests/fake_cuda/coroutine.h"
#include "tests/fake_cuda/device.h"

namespace matchday::fake_cuda {

uint3 thread_index{};
uint3 block_index{};
dim3 grid_size;

namespace {

constexpr unsigned most_threads = 1024;

/// What a block of an H100 may take.
constexpr std::size_t most_shared_bytes = std::size_t{227} << 10;

enum class State { ended, runs, waits_for_warp, waits_for_block };

/// A thread of the block that runs.
struct Thread {
  Coroutine coroutine;
  State state = State::ended;
  unsigned mask = 0;  ///< of the barrier of its warp at which it waits
};

struct Warp {
  std::array<Shown, 2> shown{};
  std::array<unsigned, lanes_of_warp> times{};  ///< that each lane has shown something
};

struct Block {
  std::vector<Thread> all_threads;  ///< of the largest block until now
  std::span<Thread> threads;
  std::vector<Warp> warps;
  unsigned now = 0;  ///< the thread that runs
  const std::function<void()>* work = nullptr;
  std::vector<std::byte> shared;
};

Block& block() {
  static Block one;
  return one;
}

void run_thread() {
  Block& all = block();
  (*all.work)();  // NOLINT(clang-analyzer-core.CallAndMessage): set before threads run
  all.threads[all.now].state = State::ended;
  all.threads[all.now].coroutine.suspend();
}

void wait_as(State state) {
  Block& all = block();
  all.threads[all.now].state = state;
  all.threads[all.now].coroutine.suspend();
}

/// Lets the threads go on that wait for others of a warp, if all that still run in it wait. Everybody must wait for
/// exactly those who wait with the same mask.
void release_warp(Thread* lanes, unsigned count) {
  const auto waits = [&](unsigned k) { return lanes[k].state == State::waits_for_warp; };
  const bool whole = count == lanes_of_warp && std::all_of(lanes, lanes + count, [](const Thread& lane) {
                       return lane.state == State::waits_for_warp && lane.mask == 0xFFFFFFFFU;
                     });
  for (unsigned k = 0; !whole && k < count; ++k) {
    for (unsigned other = 0; waits(k) && other < lanes_of_warp; ++other) {
      const bool named = (lanes[k].mask >> other & 1U) != 0;
      const bool comes = other < count && waits(other) && lanes[other].mask == lanes[k].mask;
      if (named != comes)
        throw std::runtime_error("fake CUDA: the mask of a __syncwarp does not name those who come to it");
    }
  }
  for (unsigned k = 0; k < count; ++k)
    if (waits(k)) lanes[k].state = State::runs;
}

/// Lets all threads go on from a barrier of the block, if all that still run wait there.
void release_block(std::span<Thread> threads) {
  const auto in = [&](State state) {
    return std::any_of(threads.begin(), threads.end(), [=](const Thread& thread) { return thread.state == state; });
  };
  if (in(State::runs) || !in(State::waits_for_block)) return;
  if (in(State::ended)) throw std::runtime_error("fake CUDA: only a part of a block comes to its barrier");
  for (Thread& thread : threads) thread.state = State::runs;
}

void run_block(unsigned threads, const std::function<void()>& work) {
  Block& all = block();
  all.work = &work;
  if (all.all_threads.size() < threads) all.all_threads.resize(threads);
  all.threads = std::span(all.all_threads).first(threads);
  all.warps.assign((threads + lanes_of_warp - 1) / lanes_of_warp, {});
  for (Thread& thread : all.threads) {
    thread.state = State::runs;
    thread.coroutine.begin(run_thread);
  }
  const auto runs = [](const Thread& thread) { return thread.state == State::runs; };
  while (std::any_of(all.threads.begin(), all.threads.end(), runs)) {
    // Warp after warp, each as far as a barrier of the block; the last thread first, so that who relies on the others'
    // being done without a barrier is seen.
    for (unsigned last = threads; last > 0;) {
      const unsigned first = (last - 1) / lanes_of_warp * lanes_of_warp;
      Thread* const lanes = all.threads.data() + first;
      while (std::any_of(lanes, lanes + (last - first), runs)) {
        for (unsigned k = last; k-- > first;) {
          if (!runs(all.threads[k])) continue;
          all.now = k;
          thread_index = {k, 0, 0};
          all.threads[k].coroutine.resume();
        }
        release_warp(lanes, last - first);
      }
      last = first;
    }
    release_block(all.threads);
  }
}

}  // namespace

void sync_warp(unsigned mask) {
  Block& all = block();
  all.threads[all.now].mask = mask;
  wait_as(State::waits_for_warp);
}

void sync_block() { wait_as(State::waits_for_block); }

std::byte* shared_memory() { return block().shared.data(); }

Shown& next_shown() {
  Warp& warp = block().warps[thread_index.x / lanes_of_warp];
  Shown& next = warp.shown[warp.times[thread_index.x % lanes_of_warp]++ % 2];
  next.made = false;
  return next;
}

void launch_kernel(dim3 grid, dim3 size, std::size_t shared_bytes, std::function<void()> thread) {
  if (size.x > most_threads || size.y != 1 || size.z != 1)
    throw std::runtime_error("fake CUDA: a block of too many threads");
  if (grid.x == 0 || grid.y == 0) throw std::runtime_error("fake CUDA: a launch of nothing");
  if (shared_bytes > most_shared_bytes) throw std::runtime_error("fake CUDA: more shared memory than there is");
  launch(kernels_of_an_operator, 0.0, [grid, size, shared_bytes, thread = std::move(thread)] {
    grid_size = grid;
    for (unsigned y = 0; y < grid.y; ++y)
      for (unsigned x = 0; x < grid.x; ++x) {
        block_index = {x, y, 0};
        // Memory of its own, in which nothing that an earlier block left makes sense.
        block().shared = std::vector<std::byte>(shared_bytes, std::byte{0xFF});
        run_block(size.x, thread);
      }
  });
}

}  // namespace matchday::fake_cuda
