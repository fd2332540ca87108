#include "tests/fake_cuda/coroutine.h"

#include <cstdint>

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)

// Puts the registers that a function must keep (System V ABI) on the stack, tells its top, and takes another stack's.
extern "C" void matchday_switch_stack(void** from, void* to);
asm(R"(
.text
.globl matchday_switch_stack
matchday_switch_stack:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
)");

namespace matchday::fake_cuda {

void Coroutine::begin(void (*work)()) {
  // As if `work` had been called and its caller's registers had been put away: aligned as a function finds its stack.
  const std::uintptr_t end = reinterpret_cast<std::uintptr_t>(stack_.data() + stack_.size()) / 16 * 16;
  auto** top = reinterpret_cast<void**>(end) - 2;
  *top = reinterpret_cast<void*>(work);
  for (int k = 0; k < 6; ++k) *--top = nullptr;
  inside_ = top;
}

void Coroutine::resume() { matchday_switch_stack(&outside_, inside_); }
void Coroutine::suspend() { matchday_switch_stack(&inside_, outside_); }

}  // namespace matchday::fake_cuda

#else

namespace matchday::fake_cuda {

void Coroutine::begin(void (*work)()) {
  getcontext(&inside_);
  inside_.uc_stack.ss_sp = stack_.data();
  inside_.uc_stack.ss_size = stack_.size();
  makecontext(&inside_, work, 0);
}

void Coroutine::resume() { swapcontext(&outside_, &inside_); }
void Coroutine::suspend() { swapcontext(&inside_, &outside_); }

}  // namespace matchday::fake_cuda

#endif
