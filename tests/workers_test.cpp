#include "train/workers.h"

#include <ATen/Parallel.h>

#include <set>
#include <stdexcept>
#include <vector>

#include "tests/catch.h"

using namespace matchday;

TEST_CASE("workers do every piece once, whoever does it") {
  for (const int threads : {1, 2, 5}) {
    Workers workers(threads);
    for (const std::int64_t count : {0, 1, 2, 7, 1000}) {
      std::vector<std::atomic<int>> done(static_cast<std::size_t>(count));
      for (int call = 0; call < 20; ++call)
        workers.share_out(count, [&](std::int64_t piece) { ++done[static_cast<std::size_t>(piece)]; });
      INFO(threads << " threads, " << count << " pieces");
      for (const std::atomic<int>& times : done) CHECK(times == 20);
    }
  }
}

TEST_CASE("several workers work at the same time") {
  Workers workers(2);
  std::atomic<int> waiting = 0;
  // Each of two pieces waits for the other: one thread alone would never end.
  workers.share_out(2, [&](std::int64_t) {
    ++waiting;
    while (waiting < 2) std::this_thread::yield();
  });
  CHECK(waiting == 2);
}

TEST_CASE("what a worker throws reaches the caller, and the workers work on") {
  for (const int threads : {1, 3}) {
    Workers workers(threads);
    CHECK_THROWS_AS(workers.share_out(10,
                                      [](std::int64_t piece) {
                                        if (piece == 4) throw std::out_of_range("piece 4");
                                      }),
                    std::out_of_range);
    std::atomic<int> done = 0;
    workers.share_out(10, [&](std::int64_t) { ++done; });
    CHECK(done == 10);
  }
}

TEST_CASE("while workers are there torch has one thread, and as many as before when they are gone") {
  const int before = at::get_num_threads();
  at::set_num_threads(2);
  {
    Workers workers(2);
    CHECK(at::get_num_threads() == 1);
    std::set<int> counts;
    std::mutex writing;
    workers.share_out(8, [&](std::int64_t) {
      const std::lock_guard lock(writing);
      counts.insert(at::get_num_threads());
    });
    CHECK(counts == std::set<int>{1});
  }
  CHECK(at::get_num_threads() == 2);
  at::set_num_threads(before);
}
