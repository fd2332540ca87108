#include "config/trunk.h"

#include <set>
#include <string>
#include <vector>

#include "rules/named_enum.h"
#include "tests/support/catch.h"

using namespace matchday;

namespace {

/// "linear 5, relu 5"
std::string text_of(Trunk trunk, const std::vector<std::int64_t>& widths) {
  std::string text;
  for (const TrunkStep& step : trunk_steps(trunk, widths))
    text += (text.empty() ? "" : ", ") + std::string(name_of(step.operation)) + " " + std::to_string(step.width);
  return text;
}

}  // namespace

TEST_CASE("a trunk's operations stand in the order of its widths") {
  CHECK(text_of(Trunk::mlp, {5, 3}) == "linear 5, relu 5, linear 3, relu 3");
  CHECK(text_of(Trunk::residual, {4}) == "linear 4, normalise 4, relu 4");
  CHECK(text_of(Trunk::residual, {4, 4}) ==
        "linear 4, branch 4, normalise 4, linear 4, relu 4, linear 4, add 4, normalise 4, relu 4");
  CHECK(text_of(Trunk::residual, {}).empty());
}

TEST_CASE("every trunk has a name and is what those who compute it rely on") {
  std::set<std::string_view> names;
  for (const Trunk trunk : values_of<Trunk>()) {
    INFO(trunk);
    CHECK(names.insert(name_of(trunk)).second);
    CHECK(value_called<Trunk>(name_of(trunk)) == trunk);
    for (const std::size_t count : {1U, 2U, 5U}) {
      const std::vector<TrunkStep> steps = trunk_steps(trunk, std::vector<std::int64_t>(count, 8));
      CHECK(steps.front().operation == TrunkOperation::linear);
      CHECK(steps.back().operation == TrunkOperation::relu);
      int open = 0;
      for (const TrunkStep& step : steps) {
        open += step.operation == TrunkOperation::branch ? 1 : step.operation == TrunkOperation::add ? -1 : 0;
        CHECK((open == 0 || open == 1));
      }
      CHECK(open == 0);
    }
  }
  CHECK(names == std::set<std::string_view>{"mlp", "residual"});
  CHECK(value_called<Trunk>("Mlp") == std::nullopt);
  CHECK(value_called<Trunk>("") == std::nullopt);
  CHECK(value_called<Trunk>("mlp|residual") == std::nullopt);
}
