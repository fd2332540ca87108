// How the fake device runs a kernel: block after block, a warp's threads as coroutines that take turns at barriers.
#pragma once

#include <vector_types.h>

#include <functional>

namespace matchday::fake_cuda {

/// Of the thread that runs at present.
extern uint3 thread_index;
extern uint3 block_index;

/// A barrier for the threads of the mask: the one that calls goes on when all of them have come.
void sync_warp(unsigned mask = 0xFFFFFFFFU);

/// Launches a kernel on the device; `thread` is what each of its threads does. Throws std::runtime_error if there is
/// no block or one larger than a warp, or if a barrier's mask names others than those who come to it.
void launch_kernel(dim3 grid, dim3 block, std::function<void()> thread);

}  // namespace matchday::fake_cuda
