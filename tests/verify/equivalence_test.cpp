// The reference core and the backends implement the same rules and must agree in every bit.
#include "verify/equivalence.h"

#include <ATen/Parallel.h>

#include <cfloat>
#include <map>
#include <string>
#include <vector>

#include "sim/reference_states.h"
#include "sim/simulator.h"
#include "tests/support/catch.h"
#include "tests/support/scenarios.h"

using namespace matchday;

namespace {

std::string text(const EquivalenceReport& report) {
  if (!report.mismatch) return "no mismatch";
  const Mismatch& first = *report.mismatch;
  return first.field + " of match " + std::to_string(first.match) + " at step " + std::to_string(first.step) +
         ", index " + std::to_string(first.index) + ": expected " + std::to_string(first.expected) + ", got " +
         std::to_string(first.actual);
}

/// Plays one simulator for some steps with mixed_actions; returns all its states and results.
std::vector<at::Tensor> played(Simulator& simulator, int steps) {
  std::vector<at::Tensor> all;
  for (int step = 0; step < steps; ++step) {
    const auto games =
        to_game_states(simulator.rules(), simulator.state(), simulator.seed(), simulator.match_indices());
    const StepResult result = simulator.step(mixed_actions(simulator.rules(), games, step));
    const MatchState state = clone(simulator.state());
    all.insert(all.end(),
               {state.bodies, state.score, state.potential, simulator.observe(), result.reward, result.terminated});
  }
  return all;
}

/// Both teams' observations on the reference core: float32 [2, B, D].
at::Tensor observations(const Rules& rules, const std::vector<reference::GameState>& games) {
  std::vector<float> numbers;
  for (const reference::Team team : {reference::team_a, reference::team_b})
    for (const reference::GameState& game : games) {
      const std::vector<float> seen = reference::observe(rules, game, team);
      numbers.insert(numbers.end(), seen.begin(), seen.end());
    }
  return at::tensor(numbers).view({2, static_cast<std::int64_t>(games.size()), -1});
}

/// All players' observations on the reference core: float32 [2, B, N, P].
at::Tensor player_observations(const Rules& rules, const std::vector<reference::GameState>& games) {
  std::vector<float> numbers;
  for (const reference::Team team : {reference::team_a, reference::team_b})
    for (const reference::GameState& game : games)
      for (int player = 0; player < rules.players; ++player) {
        const std::vector<float> seen = reference::observe_player(rules, game, team, player);
        numbers.insert(numbers.end(), seen.begin(), seen.end());
      }
  return at::tensor(numbers).view({2, static_cast<std::int64_t>(games.size()), rules.players, -1});
}

/// Plays on the reference core and on the backends; every number must have the same bits after every step.
void play_on_all(const Rules& rules, std::vector<reference::GameState> games, int steps) {
  const auto matches = static_cast<std::int64_t>(games.size());
  std::vector<Simulator> simulators;
  for (const BackendKind backend : backends_on(at::kCPU)) {
    simulators.emplace_back(rules, SimulatorOptions{.matches = matches, .seed = games[0].key.seed, .backend = backend});
    simulators.back().set_state(to_match_state(rules, games));
  }
  for (int step = 0; step < steps; ++step) {
    const at::Tensor action = mixed_actions(rules, games, step);
    action.masked_fill_(action.eq(-1e-38F), -1e-45F);  // the smallest negative, whose products may be -0
    action.masked_fill_(action.eq(3e38F), FLT_MAX);    // the largest
    at::Tensor reward = at::empty({matches});
    for (std::int64_t b = 0; b < matches; ++b) {
      reference::GameState& game = games[static_cast<std::size_t>(b)];
      const reference::Outcome outcome = reference::step(rules, game, to_actions(rules, action, b));
      game = outcome.state;
      reward[b] = outcome.reward;
    }
    for (Simulator& simulator : simulators) {
      const StepResult result = simulator.step(action);
      INFO(simulator.backend() << ", after step " << step);
      REQUIRE(difference(simulator.state(), to_match_state(rules, games)) == "");
      REQUIRE(same_bits(result.reward, reward));
      REQUIRE(same_bits(simulator.observe(), observations(rules, games)));
      REQUIRE(same_bits(simulator.observe_players(), player_observations(rules, games)));
      REQUIRE(simulator.state().bodies.isfinite().all().item<bool>());
    }
  }
}

}  // namespace

TEST_CASE("whole matches have the reference core's bits, whatever the batch and the number of players", "[slow]") {
  struct Batch {
    std::int64_t matches;
    int players;
  };
  for (const Preset& preset : presets) {
    std::int64_t goals = 0, resets = 0, nonfinite_actions = 0;
    for (const Batch batch : {Batch{1, 5}, {1, 11}, {3, 1}, {31, 11}, {65, 1}, {127, 2}, {211, 3}, {577, 5}}) {
      const Rules rules = preset_with(preset.name, batch.players);
      const EquivalenceReport report =
          check_equivalence(rules, {.matches = batch.matches, .seed = static_cast<std::uint64_t>(100 + batch.matches)});
      INFO(preset.name << ", " << batch.matches << " matches, " << batch.players << " a side: " << text(report));
      CHECK(!report.mismatch);
      CHECK(report.match_steps == batch.matches * (rules.steps + 5));
      CHECK(report.resets == batch.matches);  // every match ended once, and the next one started
      goals += report.goals;
      resets += report.resets;
      nonfinite_actions += report.nonfinite_actions;
    }
    INFO(preset.name << ": " << resets << " matches, " << goals << " goals, " << nonfinite_actions << " bad numbers");
    CHECK(resets > 1000);
    CHECK(goals > 1000);
    CHECK(nonfinite_actions > 100000);
  }
}

TEST_CASE("adversarial states are played with the reference core's bits", "[slow]") {
  for (const Preset& preset : presets)
    for (const int players : {1, 2, 3, 5, 11}) {
      const Rules rules = preset_with(preset.name, players);
      INFO(preset.name << ", " << players << " a side");
      play_on_all(rules, adversarial_states(rules, 300), 12);
    }
}

TEST_CASE("rules unlike any preset are played with the reference core's bits", "[slow]") {
  for (const Rules& rules : odd_rules(60)) {
    INFO(game_name(rules.game) << ", " << rules.players << " a side, kick speed " << rules.kick_speed);
    play_on_all(rules, adversarial_states(rules, 50), 8);
  }
}

TEST_CASE("a match in a batch is the match alone") {
  constexpr std::int64_t matches = 65;
  constexpr int steps = 40;
  for (const Preset& preset : presets) {
    Simulator together(preset.rules(), {.matches = matches, .seed = 7});
    const std::vector<at::Tensor> batch = played(together, steps);
    for (const std::int64_t b : {0, 1, 31, 64}) {
      Simulator alone(preset.rules(), {.matches = 1, .seed = 7, .first_match = b});
      const std::vector<at::Tensor> single = played(alone, steps);
      for (std::size_t k = 0; k < single.size(); ++k) {
        // The match index is innermost in all tensors but the observation, [2, B, D].
        const std::int64_t dim = k % 6 == 3 ? 1 : -1;
        INFO(preset.name << ", match " << b << ", step " << k / 6 << ", tensor " << k % 6);
        REQUIRE(same_bits(batch[k].narrow(dim, b, 1), single[k]));
      }
    }
  }
}

TEST_CASE("the number of threads changes nothing") {
  constexpr std::int64_t matches = 1001;  // enough for torch to use several threads
  const int threads_before = at::get_num_threads();
  for (const Preset& preset : presets) {
    const at::Tensor action = at::linspace(-9.0, 9.0, 2 * matches * 5 * 4).sin().view({2, matches, 5, 4});
    std::vector<MatchState> states;
    for (const int threads : {1, 2}) {
      at::set_num_threads(threads);
      Simulator simulator(preset.rules(), {.matches = matches, .seed = 3});
      for (int step = 0; step < 5; ++step) simulator.step(action);
      states.push_back(clone(simulator.state()));
    }
    INFO(preset.name);
    CHECK(difference(states[0], states[1]) == "");
  }
  at::set_num_threads(threads_before);
}

// The hash of a fixed run of each preset pins its behaviour across commits, compilers and machines. After an intended
// change of the rules this test prints the new signatures; put them here in the same commit, which says what changed.
TEST_CASE("each preset still plays as it did", "[slow]") {
  const std::map<std::string_view, std::uint64_t> golden{
      {"arena", 0xe3dee5b14ef365dfU},
      {"footyai-v1", 0xf8c18deb31d06d5cU},
      {"footyai-v2", 0x89b98df3dd2fde99U},
  };
  for (const Preset& preset : presets) {
    const EquivalenceReport report = check_equivalence(preset.rules(), {.matches = 31, .seed = 1});
    INFO(preset.name << " plays with signature 0x" << std::hex << report.signature);
    CHECK(!report.mismatch);
    CHECK(report.signature == golden.at(preset.name));
  }
}
