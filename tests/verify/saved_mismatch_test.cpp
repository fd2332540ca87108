#include "verify/saved_mismatch.h"

#include <ATen/ATen.h>
#include <unistd.h>

#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "config/config.h"
#include "formats/safetensors.h"
#include "rules/fields.h"
#include "sim/reference_states.h"
#include "sim/simulator.h"
#include "tests/support/catch.h"
#include "tests/support/scenarios.h"

using namespace matchday;

namespace {

/// The report of a check that found the backend's ball wrong in the first step of this match.
EquivalenceReport report_of(const Rules& rules, const reference::GameState& before) {
  EquivalenceReport report;
  report.mismatch = {before.key.match, 1, "bodies", 3, 0.1F, std::numeric_limits<double>::quiet_NaN()};
  report.backend = "native";
  report.before = before;
  report.actions = mixed_actions(rules, before, 0);
  return report;
}

/// Saves a report and reads the file.
SafetensorsFile saved(const Rules& rules, const EquivalenceReport& report) {
  const std::string path =
      std::filesystem::temp_directory_path() / ("matchday-mismatch-" + std::to_string(::getpid()) + ".safetensors");
  save_mismatch(path, rules, report, at::kCPU);
  SafetensorsFile file = read_safetensors(path);
  std::filesystem::remove(path);
  return file;
}

}  // namespace

TEST_CASE("a saved mismatch is played again from its file alone") {
  constexpr std::uint64_t seed = 0xFFFFFFFF00000003U;
  for (Rules rules : {preset_with("arena", 5), preset_with("footyai-v1", 1), preset_with("footyai-v2", 11)}) {
    rules.kick_reach = 3.3F;  // not exactly a double, which text may be parsed as
    const std::vector<reference::GameState> states = adversarial_states(rules, 20);
    for (std::size_t b = 0; b < states.size(); b += 6) {
      reference::GameState before = states[b];
      before.key.seed = seed;
      const reference::Outcome expected = reference::step(rules, before, report_of(rules, before).actions);

      SafetensorsFile file = saved(rules, report_of(rules, before));
      const Rules rules_read = config_from_toml_text(file.metadata.at("rules"), "the file").rules;
      CHECK(rules_read.game == rules.game);
      CHECK(same_fields(rules_fields, rules_read, rules));
      const std::uint64_t seed_read = std::stoull(file.metadata.at("seed"));
      auto& tensors = file.tensors;
      const MatchState state{tensors.at("bodies"), tensors.at("score"), tensors.at("clock"), tensors.at("episode"),
                             tensors.at("potential")};
      REQUIRE(tensors.at("match").scalar_type() == at::kLong);

      const reference::GameState game = to_game_states(rules_read, state, seed_read, tensors.at("match")).at(0);
      const reference::Outcome again = reference::step(rules_read, game, to_actions(rules, tensors.at("action"), 0));
      const MatchState after = to_match_state(rules, {expected.state});
      CHECK(difference(to_match_state(rules, {again.state}), after) == "");
      CHECK(again.reward == expected.reward);
      for (const BackendKind backend : backends_on(at::kCPU)) {
        Simulator simulator(
            rules_read,
            {.seed = seed_read, .first_match = tensors.at("match").item<std::int64_t>(), .backend = backend});
        simulator.set_state(state);
        const StepResult result = simulator.step(tensors.at("action"));
        CHECK(difference(simulator.state(), after) == "");
        CHECK(result.reward.item<float>() == expected.reward);
        CHECK(simulator.nonfinite_actions().item<std::int64_t>() == expected.nonfinite_actions);
      }
    }
  }
}

TEST_CASE("a saved mismatch says what differed where") {
  const Rules rules = preset_with("arena", 2);
  const SafetensorsFile file = saved(rules, report_of(rules, reference::start(rules, {7, 4})));
  CHECK(file.tensors.size() == 7);
  CHECK(file.tensors.at("bodies").sizes() == at::IntArrayRef{4, 5, 1});
  CHECK(file.tensors.at("action").sizes() == at::IntArrayRef{2, 1, 2, 4});
  CHECK(file.tensors.at("match").item<std::int64_t>() == 4);
  const std::vector<std::pair<std::string, std::string>> texts{{"format", "matchday mismatch"},
                                                               {"preset", "arena"},
                                                               {"seed", "7"},
                                                               {"backend", "native"},
                                                               {"device", "cpu"},
                                                               {"step", "1"},
                                                               {"field", "bodies"},
                                                               {"index", "3"},
                                                               {"expected", "0.10000000149011612"},
                                                               {"actual", "nan"}};
  for (const auto& [key, text] : texts) CHECK(file.metadata.at(key) == text);
  CHECK(!file.metadata.at("program_version").empty());
}
