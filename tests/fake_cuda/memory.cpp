#include "tests/fake_cuda/memory.h"

#include <sanitizer/asan_interface.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <set>
#include <stdexcept>

namespace matchday::fake_cuda {
namespace {

/// Every byte of what was not written: as float32 and bfloat16 not a number, as whole numbers -1.
constexpr int unwritten = 0xFF;
constexpr std::size_t alignment = 512;  // torch's allocator's
constexpr std::size_t fence = alignment;
/// Bytes of freed blocks that are kept, so that who still reads them reads no numbers.
constexpr std::size_t kept_freed = std::size_t{64} << 20;

struct Block {
  std::size_t bytes = 0;
  const void* graph = nullptr;  ///< whose capture it was allocated in
  bool released = false;        ///< but for the graph nobody needs it
};

struct Memory {
  std::mutex changing;  ///< autograd works on a thread of its own
  std::map<char*, Block> blocks;
  std::deque<std::pair<char*, std::size_t>> freed;
  std::size_t freed_bytes = 0;
  MemoryUse use;
  const void* capturing = nullptr;
  std::map<char*, std::vector<char>> before;  ///< what the blocks held when the capture began
  std::string fault;
  std::set<const void*> pinned;
};

Memory& memory() {
  static auto* one = new Memory;  // never destroyed: static tensors are freed after everything else
  return *one;
}

std::size_t room(std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment + 2 * fence; }

/// Whether nobody wrote before or behind a block. (With the sanitizer nobody can.)
bool is_whole([[maybe_unused]] const char* block, [[maybe_unused]] std::size_t bytes) {
#ifdef __SANITIZE_ADDRESS__
  return true;
#else
  const auto all_unwritten = [](const char* first, std::size_t count) {
    return std::all_of(first, first + count, [](char byte) { return byte == static_cast<char>(unwritten); });
  };
  return all_unwritten(block - fence, fence) && all_unwritten(block + bytes, room(bytes) - fence - bytes);
#endif
}

void bury(char* block, std::size_t bytes) {
  Memory& all = memory();
  if (!is_whole(block, bytes)) all.fault = "fake CUDA: something was written outside of a block of memory";
  all.use.live -= bytes;
  std::memset(block, unwritten, bytes);
  ASAN_POISON_MEMORY_REGION(block, bytes);
  all.freed.emplace_back(block, bytes);
  for (all.freed_bytes += bytes; all.freed_bytes > kept_freed; all.freed.pop_front()) {
    const auto [oldest, size] = all.freed.front();
    ASAN_UNPOISON_MEMORY_REGION(oldest - fence, room(size));
    std::free(oldest - fence);
    all.freed_bytes -= size;
  }
}

struct PinnedAllocator final : c10::Allocator {
  c10::DataPtr allocate(std::size_t bytes) override {
    void* at = std::aligned_alloc(alignment, room(bytes));
    std::memset(at, unwritten, bytes);
    const std::lock_guard lock(memory().changing);
    memory().pinned.insert(at);
    const auto free = [](void* block) {
      const std::lock_guard lock_again(memory().changing);
      memory().pinned.erase(block);
      std::free(block);
    };
    return {at, at, free, c10::Device(c10::kCPU)};
  }
  void copy_data(void* to, const void* from, std::size_t bytes) const override { std::memcpy(to, from, bytes); }
};

}  // namespace

MemoryUse memory_use() {
  const std::lock_guard lock(memory().changing);
  return memory().use;
}
void forget_peak() {
  const std::lock_guard lock(memory().changing);
  memory().use.peak = memory().use.live;
}

void* allocate(std::size_t bytes) {
  Memory& all = memory();
  const std::lock_guard lock(all.changing);
  auto* whole = static_cast<char*>(std::aligned_alloc(alignment, room(bytes)));
  std::memset(whole, unwritten, room(bytes));
  ASAN_POISON_MEMORY_REGION(whole, room(bytes));
  ASAN_UNPOISON_MEMORY_REGION(whole + fence, bytes);
  all.blocks[whole + fence] = {bytes, all.capturing, false};
  all.use.live += bytes;
  all.use.peak = std::max(all.use.peak, all.use.live);
  return whole + fence;
}

void release(void* block) {
  Memory& all = memory();
  const std::lock_guard lock(all.changing);
  const auto found = all.blocks.find(static_cast<char*>(block));
  if (found == all.blocks.end()) return;
  if (found->second.graph != nullptr) {
    found->second.released = true;
    return;
  }
  const std::size_t bytes = found->second.bytes;
  all.blocks.erase(found);
  bury(static_cast<char*>(block), bytes);
}

void require_whole_fences() {
  Memory& all = memory();
  const std::lock_guard lock(all.changing);
  for (const auto& [address, block] : all.blocks)
    if (!is_whole(address, block.bytes)) all.fault = "fake CUDA: something is written outside of a block of memory";
  if (!all.fault.empty()) throw std::runtime_error(std::exchange(all.fault, {}));
}

void begin_capture(const void* graph) {
  Memory& all = memory();
  const std::lock_guard lock(all.changing);
  all.capturing = graph;
  for (const auto& [address, block] : all.blocks) all.before[address].assign(address, address + block.bytes);
}

void end_capture() {
  Memory& all = memory();
  const std::lock_guard lock(all.changing);
  for (const auto& [address, block] : all.blocks) {
    const auto found = all.before.find(address);
    if (found != all.before.end() && found->second.size() == block.bytes)
      std::memcpy(address, found->second.data(), block.bytes);
    else
      std::memset(address, unwritten, block.bytes);
  }
  all.before.clear();
  all.capturing = nullptr;
}

void forget_graph(const void* graph) {
  Memory& all = memory();
  const std::lock_guard lock(all.changing);
  for (auto place = all.blocks.begin(); place != all.blocks.end();) {
    auto& [address, block] = *place;
    const bool of_graph = block.graph == graph;
    const bool alone = of_graph && block.released;
    if (of_graph) block.graph = nullptr;
    if (alone) bury(address, block.bytes);
    place = alone ? all.blocks.erase(place) : std::next(place);
  }
}

c10::Allocator* pinned_allocator() {
  static PinnedAllocator one;
  return &one;
}
bool is_pinned(const void* address) {
  const std::lock_guard lock(memory().changing);
  return memory().pinned.contains(address);
}

}  // namespace matchday::fake_cuda
