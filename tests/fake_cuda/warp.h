// How the fake device runs a kernel: block after block, a block's threads as coroutines that take turns at barriers.
#pragma once

#include <vector_types.h>

#include <array>
#include <cstddef>
#include <functional>
#include <type_traits>

namespace matchday::fake_cuda {

/// Of the thread that runs at present.
extern uint3 thread_index;
extern uint3 block_index;
extern dim3 grid_size;

inline constexpr unsigned lanes_of_warp = 32;

/// Its place in its warp.
inline int lane() { return static_cast<int>(thread_index.x % lanes_of_warp); }

/// A barrier for the threads of the mask: the one that calls goes on when all of them have come.
void sync_warp(unsigned mask = 0xFFFFFFFFU);

/// A barrier for all threads of the block.
void sync_block();

/// The block's dynamic shared memory.
std::byte* shared_memory();

/// What a warp's threads show each other, and what one of them has made of it for all.
struct Shown {
  static constexpr std::size_t most_bytes = 32;  ///< that a thread shows, and that it gets
  alignas(16) std::array<std::byte, lanes_of_warp * most_bytes> by_lane;
  alignas(16) std::array<std::byte, lanes_of_warp * most_bytes> results;
  bool made = false;
};

/// Two take turns, so that who is a barrier ahead does not overwrite what the others still read.
Shown& next_shown();

/// All of a warp's threads show something and wait for each other; the first to go on makes the results, of which each
/// gets its own. make: of what all show, by lane, all results, by lane.
template <class Result, class Mine, class Make>
Result made_by_warp(const Mine& mine, const Make& make) {
  static_assert(std::is_trivially_copyable_v<Mine> && sizeof(Mine) <= Shown::most_bytes);
  static_assert(std::is_trivially_copyable_v<Result> && sizeof(Result) <= Shown::most_bytes);
  Shown& shown = next_shown();
  auto* const all = reinterpret_cast<Mine*>(shown.by_lane.data());
  auto* const results = reinterpret_cast<Result*>(shown.results.data());
  all[lane()] = mine;
  sync_warp();
  if (!shown.made) make(all, results);
  shown.made = true;
  return results[lane()];
}

/// Launches a kernel on the device; `thread` is what each of its threads does. Throws std::runtime_error if there is
/// no block or too large a one, if it takes more shared memory than there is, if a barrier's mask names others than
/// those who come to it, or if only a part of a block comes to a barrier of it.
void launch_kernel(dim3 grid, dim3 block, std::size_t shared_bytes, std::function<void()> thread);

}  // namespace matchday::fake_cuda
