// Threads that share out pieces of work.
//
// Torch's own threads divide every operation and wait for each other hundreds of times in an update, which is slow for
// small tensors and hopeless on a busy machine. These divide an update once: each takes whole pieces, with one torch
// thread. The pieces do not depend on the number of threads, so neither do the results.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace matchday {

class ThreadPool {
 public:
  /// No threads besides the caller; torch's threads are left as they are.
  ThreadPool() = default;
  /// threads: how many work, the caller included. Torch's own threads are disabled meanwhile, for the caller too.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// How many work, the caller included.
  int threads() const { return static_cast<int>(threads_.size()) + 1; }

  /// Calls work(piece) for the pieces 0 .. count - 1, each on some thread, and returns when all are done. Rethrows an
  /// exception of one of them.
  void parallel_for(std::int64_t count, const std::function<void(std::int64_t piece)>& work);

 private:
  void attend();
  void take_pieces();

  int torch_threads_ = 0;  ///< their number before; 0: not changed
  std::vector<std::thread> threads_;
  const std::function<void(std::int64_t)>* work_ = nullptr;
  std::int64_t count_ = 0;
  std::atomic<std::int64_t> next_ = 0;     ///< the piece that is taken next
  std::atomic<std::uint32_t> calls_ = 0;   ///< incremented when there is work, and to end the threads
  std::atomic<std::int32_t> working_ = 0;  ///< threads that have not finished the present call
  std::atomic<bool> ending_ = false;
  std::mutex failing_;
  std::exception_ptr failure_;
};

}  // namespace matchday
