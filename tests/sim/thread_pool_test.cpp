#include "sim/thread_pool.h"

#include <ATen/Parallel.h>

#include <set>
#include <stdexcept>
#include <vector>

#include "tests/support/catch.h"

using namespace matchday;

TEST_CASE("threads do every piece once, whoever does it") {
  for (const int threads : {1, 2, 5}) {
    ThreadPool thread_pool(threads);
    for (const std::int64_t count : {0, 1, 2, 7, 1000}) {
      std::vector<std::atomic<int>> done(static_cast<std::size_t>(count));
      for (int call = 0; call < 20; ++call)
        thread_pool.parallel_for(count, [&](std::int64_t piece) { ++done[static_cast<std::size_t>(piece)]; });
      INFO(threads << " threads, " << count << " pieces");
      for (const std::atomic<int>& times : done) CHECK(times == 20);
    }
  }
}

TEST_CASE("several threads work at the same time") {
  ThreadPool thread_pool(2);
  std::atomic<int> waiting = 0;
  // Each of two pieces waits for the other: one thread alone would never end.
  thread_pool.parallel_for(2, [&](std::int64_t) {
    ++waiting;
    while (waiting < 2) std::this_thread::yield();
  });
  CHECK(waiting == 2);
}

TEST_CASE("what a thread throws reaches the caller, and the threads work on") {
  for (const int threads : {1, 3}) {
    ThreadPool thread_pool(threads);
    CHECK_THROWS_AS(thread_pool.parallel_for(10,
                                             [](std::int64_t piece) {
                                               if (piece == 4) throw std::out_of_range("piece 4");
                                             }),
                    std::out_of_range);
    std::atomic<int> done = 0;
    thread_pool.parallel_for(10, [&](std::int64_t) { ++done; });
    CHECK(done == 10);
  }
}

TEST_CASE("while a thread pool is there torch has one thread, and as many as before when it is gone") {
  const int before = at::get_num_threads();
  at::set_num_threads(2);
  {
    ThreadPool thread_pool(2);
    CHECK(at::get_num_threads() == 1);
    std::set<int> counts;
    std::mutex writing;
    thread_pool.parallel_for(8, [&](std::int64_t) {
      const std::lock_guard lock(writing);
      counts.insert(at::get_num_threads());
    });
    CHECK(counts == std::set<int>{1});
  }
  CHECK(at::get_num_threads() == 2);
  at::set_num_threads(before);
}
