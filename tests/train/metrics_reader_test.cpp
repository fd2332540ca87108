#include "train/metrics_reader.h"

#include <ATen/ATen.h>

#include "tests/support/catch.h"

using namespace matchday;

namespace {

MetricsRow row(double iteration) {
  return {{{"iteration", iteration}}, {"loss"}, at::full({1}, 10.0 * iteration, at::kFloat)};
}

}  // namespace

TEST_CASE("metrics are given at once, or one row late, and none is lost") {
  MetricsReader at_once(false);
  for (const double k : {1.0, 2.0}) {
    const std::optional<MetricsRow> given = at_once.exchange(row(k));
    REQUIRE(given);
    CHECK(metric(given->known, "iteration") == k);
    CHECK(given->numbers.item<float>() == 10.0F * static_cast<float>(k));
  }
  CHECK_FALSE(at_once.last());

  MetricsReader late(true);
  CHECK_FALSE(late.exchange(row(1.0)));
  for (const double k : {2.0, 3.0}) {
    const std::optional<MetricsRow> given = late.exchange(row(k));
    REQUIRE(given);
    CHECK(metric(given->known, "iteration") == k - 1.0);
    CHECK(given->numbers.item<float>() == 10.0F * static_cast<float>(k - 1.0));
  }
  const std::optional<MetricsRow> last = late.last();
  REQUIRE(last);
  CHECK(metric(last->known, "iteration") == 3.0);
  CHECK_FALSE(late.last());
}

TEST_CASE("a metric that is not there is 0") { CHECK(metric({{"loss", 2.0}}, "kl") == 0.0); }
