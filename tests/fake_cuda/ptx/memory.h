// The device's memory as the machine watches it: who used what, and when.
#pragma once

#include "machine.h"

namespace matchday::ptx {

/// What was last done to an element. Between uses in different moments there is an order.
struct Trace {
  std::uint64_t written = 0;  ///< in this moment; 0: not yet
  std::uint64_t seen = 0;
  std::uint64_t writer = 0;
  std::uint64_t reader = 0;
  bool atomically = false;
};

/// What the threads of a block share. Moments lie between barriers.
class SharedMemory {
 public:
  explicit SharedMemory(const std::vector<SharedArray>& arrays);

  /// A new block's: nobody has written anything.
  void forget() { block_began_ = ++moment_; }
  void next_moment() { ++moment_; }
  std::byte* reach(const Access& access, std::uint64_t who);

 private:
  const std::vector<SharedArray>& arrays_;
  std::vector<std::byte> bytes_;
  std::vector<Trace> traces_;  ///< of every four bytes
  std::uint64_t moment_ = 0;
  std::uint64_t block_began_ = 0;
};

/// Memory that all blocks see, in one of the known arrays. A launch is a moment.
std::byte* reach_array(const Access& access, std::uint64_t who, std::uint64_t launch);

/// "play.ptx:123 (show.cuh:27): thread 5 "
std::string describe(const char* site, std::uint64_t who);
std::string hexadecimal(std::uint64_t number);

}  // namespace matchday::ptx
