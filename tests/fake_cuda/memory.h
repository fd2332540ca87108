// The fake device's memory. Whatever nobody has written yet, and whatever was freed, is not a number. Around every
// block lie fences, and what crosses them is told when the host next waits; under the address sanitizer, at once.
#pragma once

#include <c10/core/Allocator.h>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace matchday::fake_cuda {

struct MemoryUse {
  std::size_t live = 0;
  std::size_t peak = 0;  ///< the most that was live since forget_peak
};
MemoryUse memory_use();
void forget_peak();

/// A block of so many bytes, at an address that 512 divide, as torch gives them.
void* allocate(std::size_t bytes);
void release(void* block);

/// Throws std::runtime_error if a fence was crossed.
void require_whole_fences();

/// From here to end_of_capture blocks belong to `graph`: they outlive their tensors, as it reads and writes them anew
/// at each replay.
void begin_capture(const void* graph);
/// Puts back what all memory held at the beginning: a capture launches nothing. What was allocated in it is not a
/// number.
void end_capture();
/// Frees what the graph alone still has.
void forget_graph(const void* graph);

/// Memory of the host that the device can reach by itself.
c10::Allocator* pinned_allocator();
bool is_pinned(const void* address);

}  // namespace matchday::fake_cuda
