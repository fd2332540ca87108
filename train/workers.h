// Threads that share out pieces of work.
//
// Torch's own threads divide every operation and wait for each other hundreds of times in an update, which is slow for
// small tensors and hopeless on a busy machine. These divide an update once: each takes whole pieces, with one torch
// thread. What a piece is does not depend on how many workers there are, so neither do the results.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace matchday {

class Workers {
 public:
  /// The caller alone, with torch's threads as they are.
  Workers() = default;
  /// threads: how many work, the caller included. Torch's own threads are switched off meanwhile, for the caller too.
  explicit Workers(int threads);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// How many work, the caller included.
  int threads() const { return static_cast<int>(threads_.size()) + 1; }

  /// Calls work(piece) for the pieces 0 .. count - 1, each by some thread, and returns when all are done. Throws what
  /// one of them threw.
  void share_out(std::int64_t count, const std::function<void(std::int64_t piece)>& work);

 private:
  void attend();
  void take_pieces();

  int torch_threads_ = 0;  ///< as they were; 0: left alone
  std::vector<std::thread> threads_;
  const std::function<void(std::int64_t)>* work_ = nullptr;
  std::int64_t count_ = 0;
  std::atomic<std::int64_t> next_ = 0;     ///< the piece that is taken next
  std::atomic<std::uint32_t> calls_ = 0;   ///< raised when there is work, or when it is time to end
  std::atomic<std::int32_t> working_ = 0;  ///< threads that have not finished the present call
  std::atomic<bool> ending_ = false;
  std::mutex failing_;
  std::exception_ptr failure_;
};

}  // namespace matchday
