// Rules at the ends of their ranges: all that are not refused can be played and trained with.
#include "rules/fields.h"
#include "tests/support/catch.h"
#include "tests/support/tiny_training.h"

using namespace matchday;

TEST_CASE("a rule at either end of its range is refused, or gives nothing but numbers", "[slow]") {
  int trained = 0;
  for (const std::string preset : {"arena", "footyai-v1", "footyai-v2"})
    for (const Field<Rules>& field : rules_fields)
      for (const double end : {field.lowest, field.highest}) {
        Config config = tiny(preset);
        config.train.rollout_steps = 5;  // a match may be long
        const auto put = [&](auto member) {
          using Number = std::remove_cvref_t<decltype(get(config.rules, member))>;
          if constexpr (std::is_arithmetic_v<Number>) set(config.rules, member, static_cast<Number>(end));
        };
        std::visit(put, field.member);
        INFO(preset << ", " << field.name << " " << end);
        if (problem(config)) continue;
        Trainer trainer(config, at::kCPU);
        for (int k = 0; k < 3; ++k)
          for (const auto& [name, number] : trainer.iterate(0.0)) {
            INFO(name << " " << number);
            CHECK(std::isfinite(number));
            if (name == "bad_actions" || name == "skipped_updates") CHECK(number == 0.0);
          }
        ++trained;
      }
  CHECK(trained > 100);
}
