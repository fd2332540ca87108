#include "sim/thread_pool.h"

#include <ATen/Parallel.h>

#include <utility>

namespace matchday {

namespace {

/// Waits until `number` differs from `from`: spins at first, since waking a sleeping thread takes longer than most
/// waits; then sleeps, so that a long wait takes no CPU time.
template <class Number>
void await_change(const std::atomic<Number>& number, Number from) {
  constexpr int looks = 4000;  // about 0.1 ms
  for (int k = 0; k < looks; ++k) {
    if (number != from) return;
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
  number.wait(from);
}

}  // namespace

ThreadPool::ThreadPool(int threads) : torch_threads_(at::get_num_threads()) {
  at::set_num_threads(1);
  for (int k = 1; k < threads; ++k) threads_.emplace_back([this] { attend(); });
}

ThreadPool::~ThreadPool() {
  ending_ = true;
  ++calls_;
  calls_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  if (torch_threads_ > 0) at::set_num_threads(torch_threads_);
}

void ThreadPool::attend() {
  at::set_num_threads(1);
  for (std::uint32_t seen = 0;;) {
    await_change(calls_, seen);
    seen = calls_;
    if (ending_) return;
    take_pieces();
    if (--working_ == 0) working_.notify_all();
  }
}

void ThreadPool::take_pieces() {
  try {
    for (std::int64_t piece = next_++; piece < count_; piece = next_++) (*work_)(piece);
  } catch (...) {
    const std::lock_guard lock(failing_);
    failure_ = std::current_exception();
  }
}

void ThreadPool::parallel_for(std::int64_t count, const std::function<void(std::int64_t)>& work) {
  work_ = &work;
  count_ = count;
  next_ = 0;
  if (count > 1 && !threads_.empty()) {
    working_ = static_cast<std::int32_t>(threads_.size());
    ++calls_;
    calls_.notify_all();
  }
  take_pieces();
  for (std::int32_t left = working_; left != 0; left = working_) await_change(working_, left);
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

}  // namespace matchday
