#include "config/run_length.h"

#include "tests/support/catch.h"

using namespace matchday;

namespace {

TrainOptions length(std::int64_t match_steps, std::int64_t iterations, double minutes) {
  TrainOptions options;
  options.match_steps = match_steps;
  options.iterations = iterations;
  options.minutes = minutes;
  return options;
}

}  // namespace

TEST_CASE("a run's progress is that of its length, however long it takes") {
  const RunSoFar so_far{.match_steps = 300, .iterations = 5, .seconds = 90.0};
  CHECK(progress_of(length(1200, 0, 0.0), so_far) == 0.25);
  CHECK(progress_of(length(1200, 0, 2.0), so_far) == 0.25);  // the minutes are a limit
  CHECK(progress_of(length(0, 10, 2.0), so_far) == 0.5);
  CHECK(progress_of(length(1200, 10, 2.0), so_far) == 0.5);  // the one that ends first
  CHECK(progress_of(length(400, 10, 2.0), so_far) == 0.75);
  CHECK(progress_of(length(0, 0, 2.0), so_far) == 0.75);
  CHECK(progress_of(length(300, 0, 0.0), so_far) == 1.0);
  CHECK(progress_of(length(301, 0, 0.0), so_far) < 1.0);
}

TEST_CASE("a run's minutes end it whatever its length") {
  CHECK_FALSE(out_of_minutes(length(1, 1, 0.0), {.match_steps = 9, .iterations = 9, .seconds = 1e9}));
  for (const std::int64_t match_steps : {0, 1000}) {
    CHECK_FALSE(out_of_minutes(length(match_steps, 0, 0.5), {.seconds = 29.9}));
    CHECK(out_of_minutes(length(match_steps, 0, 0.5), {.seconds = 30.0}));
  }
}
