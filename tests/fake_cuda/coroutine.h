// A function on a stack of its own, which can stop in its middle and go on later. ucontext's asks the kernel at every
// switch, which takes fifty times as long; so where we know the registers, they are switched here.
#pragma once

#include <ucontext.h>

#include <cstddef>
#include <vector>

namespace matchday::fake_cuda {

class Coroutine {
 public:
  /// From now on resume() calls work(); it must never return, but suspend for good.
  void begin(void (*work)());
  /// Called from outside: goes on until the function suspends.
  void resume();
  /// Called by the function: goes on outside.
  void suspend();

 private:
  /// A match of eleven a side takes some 10 kB.
  static constexpr std::size_t stack_bytes = std::size_t{256} << 10;

  std::vector<char> stack_ = std::vector<char>(stack_bytes);
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
  void* inside_ = nullptr;  ///< top of the stack, the registers on it
  void* outside_ = nullptr;
#else
  ucontext_t inside_{};
  ucontext_t outside_{};
#endif
};

}  // namespace matchday::fake_cuda
