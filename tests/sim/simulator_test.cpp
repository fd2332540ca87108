// The simulator's guarantees, on all presets.
#include "sim/simulator.h"

#include <functional>
#include <limits>
#include <string>

#include "rules/bad_input.h"
#include "rules/observation.h"
#include "sim/reference_states.h"
#include "tests/support/catch.h"
#include "tests/support/complaint.h"
#include "tests/support/scenarios.h"

using namespace matchday;

namespace {

at::Tensor actions_for(const Simulator& simulator, std::int64_t step) {
  return mixed_actions(
      simulator.rules(),
      to_game_states(simulator.rules(), simulator.state(), simulator.seed(), simulator.match_indices()), step);
}

}  // namespace

TEST_CASE("tensors have the shapes and types that they are documented to have") {
  for (const Preset& preset : presets)
    for (const int players : {1, 5, 11}) {
      const Rules rules = preset_with(preset.name, players);
      constexpr std::int64_t b = 7;
      Simulator simulator(rules, {.matches = b});
      CHECK(simulator.matches() == b);
      const auto check_state = [&] {
        const MatchState& state = simulator.state();
        CHECK(state.bodies.sizes() == at::IntArrayRef({4, 2 * players + 1, b}));
        CHECK(state.bodies.scalar_type() == at::kFloat);
        CHECK(state.score.sizes() == at::IntArrayRef({2, b}));
        CHECK(state.score.scalar_type() == at::kInt);
        for (const at::Tensor& count : {state.clock, state.episode}) {
          CHECK(count.sizes() == at::IntArrayRef({b}));
          CHECK(count.scalar_type() == at::kInt);
        }
        CHECK(state.potential.sizes() == at::IntArrayRef({b}));
        CHECK(state.potential.scalar_type() == at::kFloat);
        CHECK(simulator.observe().sizes() == at::IntArrayRef({2, b, observation_size(rules)}));
        CHECK(simulator.observe().scalar_type() == at::kFloat);
        CHECK(simulator.observe().is_contiguous());
        const at::Tensor of_players = simulator.observe_players();
        CHECK(of_players.sizes() == at::IntArrayRef({2, b, players, player_observation_size(players)}));
        CHECK(of_players.scalar_type() == at::kFloat);
        CHECK(of_players.is_contiguous());
      };
      check_state();
      const StepResult result = simulator.step(at::zeros({2, b, players, action_size}));
      check_state();
      CHECK(result.reward.sizes() == at::IntArrayRef({b}));
      CHECK(result.reward.scalar_type() == at::kFloat);
      CHECK(result.terminated.sizes() == at::IntArrayRef({b}));
      CHECK(result.terminated.scalar_type() == at::kBool);
      CHECK(simulator.nonfinite_actions().sizes().empty());
      CHECK(simulator.nonfinite_actions().scalar_type() == at::kLong);
    }
}

TEST_CASE("observations have the tabled size for any number of players") {
  for (int n = 1; n <= max_players; ++n) {
    CHECK(observation_size(preset_with("footyai-v1", n)) == 8 * n + 4 + 2 + 1 + 2);
    CHECK(observation_size(preset_with("footyai-v2", n)) == 4 * n + 4 + 2 + 1 + 2);
    CHECK(observation_size(preset_with("arena", n)) == 12 * n + 4 + 1 + 1);
    for (const Preset& preset : presets)
      CHECK(Simulator(preset_with(preset.name, n), {}).observe().size(2) ==
            observation_size(preset_with(preset.name, n)));
  }
}

TEST_CASE("arena's observations stay within +-1.5, and its state on the pitch") {
  const Rules rules = arena();
  Simulator simulator(rules, {.matches = 101, .seed = 6});
  for (int step = 0; step < rules.steps; ++step) {
    simulator.step(actions_for(simulator, step));
    CHECK(simulator.observe().abs().max().item<float>() <= 1.5F);
    const MatchState& state = simulator.state();
    CHECK(state.bodies.isfinite().all().item<bool>());
    CHECK(state.bodies[row_x].abs().max().item<float>() <= rules.half_length);
    CHECK(state.bodies[row_y].abs().max().item<float>() <= rules.half_width);
  }
  CHECK(simulator.state().score.sum().item<std::int64_t>() > 50);
}

TEST_CASE("a reset by mask starts the next match there and touches nothing elsewhere") {
  for (const Preset& preset : presets) {
    constexpr std::int64_t b = 33;
    Simulator simulator(preset.rules(), {.matches = b, .seed = 8});
    const at::Tensor first_start = simulator.state().bodies.clone();
    for (int step = 0; step < 30; ++step) simulator.step(actions_for(simulator, step));
    const MatchState before = clone(simulator.state());
    const at::Tensor mask = at::arange(b).remainder(3).eq(1);
    simulator.reset(mask);
    const MatchState& after = simulator.state();

    const at::Tensor kept = mask.logical_not().nonzero().flatten();
    const at::Tensor begun = mask.nonzero().flatten();
    const auto part = [](const MatchState& state, const at::Tensor& which) {
      return MatchState{state.bodies.index_select(2, which), state.score.index_select(1, which),
                        state.clock.index_select(0, which), state.episode.index_select(0, which),
                        state.potential.index_select(0, which)};
    };
    INFO(preset.name);
    CHECK(difference(part(after, kept), part(before, kept)) == "");
    const MatchState next = part(after, begun);
    CHECK(next.episode.eq(1).all().item<bool>());
    CHECK(next.clock.eq(0).all().item<bool>());
    CHECK(next.score.eq(0).all().item<bool>());
    CHECK(next.bodies.ne(first_start.index_select(2, begun)).any(1).any(0).all().item<bool>());  // a different start

    // Resetting all matches starts the same next match, whenever it happens.
    Simulator other(preset.rules(), {.matches = b, .seed = 8});
    other.reset();
    CHECK(difference(part(other.state(), begun), next) == "");
  }
}

TEST_CASE("an observation is as long as its blocks") {
  for (const Preset& preset : presets)
    for (int players = 1; players <= max_players; ++players) {
      const Rules rules = preset_with(preset.name, players);
      const auto size = [](const std::vector<ObservationBlock>& blocks) {
        int sum = 0;
        for (const ObservationBlock& block : blocks) sum += block.count * static_cast<int>(block.components.size());
        return sum;
      };
      INFO(preset.name << ", " << players << " a side");
      CHECK(observation_size(rules) == size(observation_blocks(rules)));
      CHECK(player_observation_size(players) == size(player_observation_blocks(rules)));
    }
}

TEST_CASE("a match is terminated at full time, neither before nor by goals") {
  for (const Preset& preset : presets) {
    Rules rules = preset.rules();
    rules.steps = 23;
    Simulator simulator(rules, {.matches = 31});
    for (int step = 1; step <= 50; ++step) {
      const StepResult result = simulator.step(actions_for(simulator, step));
      const at::Tensor full_time = simulator.state().clock.ge(rules.steps);
      CHECK(same_bits(result.terminated, full_time));
      CHECK(result.terminated.all().item<bool>() == (step == 23 || step == 46));
      CHECK(result.terminated.any().item<bool>() == (step == 23 || step == 46));
      simulator.reset(result.terminated);
    }
  }
}

TEST_CASE("the seed decides the matches") {
  for (const Preset& preset : presets) {
    const auto play = [&](std::uint64_t seed) {
      Simulator simulator(preset.rules(), {.matches = 17, .seed = seed});
      for (int step = 0; step < 20; ++step) simulator.step(actions_for(simulator, step));
      return simulator.state();
    };
    INFO(preset.name);
    CHECK(difference(play(1), play(1)) == "");
    CHECK(difference(play(1), play(2)) == "bodies");
    CHECK(difference(play(1), play((std::uint64_t{1} << 32) + 1)) == "bodies");
    // No two of its matches have the same start.
    const at::Tensor bodies = Simulator(preset.rules(), {.matches = 50}).state().bodies;
    for (std::int64_t b = 1; b < 50; ++b) CHECK(!same_bits(bodies.select(2, b), bodies.select(2, b - 1)));
  }
}

TEST_CASE("numbers that are none are counted over steps and matches") {
  for (const Preset& preset : presets) {
    Simulator simulator(preset.rules(), {.matches = 3});
    at::Tensor action = at::zeros({2, 3, 5, action_size});
    simulator.step(action);
    CHECK(simulator.nonfinite_actions().item<std::int64_t>() == 0);
    action[1][2][4][0] = std::numeric_limits<float>::quiet_NaN();
    action[0][0][0][3] = std::numeric_limits<float>::infinity();
    action[0][1][2][2] = -std::numeric_limits<float>::infinity();
    const at::Tensor given = action.clone();
    simulator.step(action);
    simulator.step(action);
    CHECK(simulator.nonfinite_actions().item<std::int64_t>() == 6);
    CHECK(simulator.state().bodies.isfinite().all().item<bool>());
    CHECK(same_bits(action, given));  // the caller's tensor is unchanged
  }
}

TEST_CASE("shaping scales the shaping part of the reward") {
  for (const Preset& preset : presets) {
    Simulator whole(preset.rules(), {.matches = 9});
    Simulator quarter(preset.rules(), {.matches = 9});
    const at::Tensor action = actions_for(whole, 0);
    const at::Tensor reward = whole.step(action).reward;
    CHECK(reward.abs().max().item<float>() > 0.0F);
    REQUIRE(whole.state().score.sum().item<std::int64_t>() == 0);  // no goals, whose rewards are not scaled
    CHECK(at::allclose(quarter.step(action, at::scalar_tensor(0.25)).reward, 0.25 * reward));
  }
}

TEST_CASE("what can't be played is refused in a sentence") {
  Simulator simulator(arena(), {.matches = 4});
  const MatchState state = clone(simulator.state());
  CHECK(complaint([&] {
          simulator.step(at::zeros({2, 4, 5, 3}));
        }) == "the action is Float [2, 4, 5, 3] on cpu but must be Float [2, 4, 5, 4] on cpu");
  CHECK(complaint([&] {
          simulator.step(at::zeros({2, 4, 5, 4}, at::kDouble));
        }) == "the action is Double [2, 4, 5, 4] on cpu but must be Float [2, 4, 5, 4] on cpu");
  CHECK(complaint([&] { simulator.step(at::Tensor()); }) ==
        "the action is undefined but must be Float [2, 4, 5, 4] on cpu");
  CHECK(complaint([&] {
          simulator.step(at::zeros({2, 4, 5, 4}), at::ones({1}));
        }) == "the shaping weight is Float [1] on cpu but must be Float [] on cpu");
  CHECK(complaint([&] { simulator.reset(at::ones({4})); }) ==
        "the reset mask is Float [4] on cpu but must be Bool [4] on cpu");
  const auto set_with = [&](at::Tensor MatchState::*field, const at::Tensor& tensor) {
    MatchState wrong = state;
    wrong.*field = tensor;
    return complaint([&] { simulator.set_state(wrong); });
  };
  CHECK(set_with(&MatchState::bodies, at::zeros({4, 10, 4})) ==
        "bodies is Float [4, 10, 4] on cpu but must be Float [4, 11, 4] on cpu");
  CHECK(set_with(&MatchState::score, at::zeros({2, 4}, at::kLong)) ==
        "score is Long [2, 4] on cpu but must be Int [2, 4] on cpu");
  CHECK(set_with(&MatchState::clock, {}) == "clock is undefined but must be Int [4] on cpu");
  CHECK(set_with(&MatchState::episode, at::zeros({5}, at::kInt)) ==
        "episode is Int [5] on cpu but must be Int [4] on cpu");
  CHECK(set_with(&MatchState::potential, at::zeros({4}, at::kDouble)) ==
        "potential is Double [4] on cpu but must be Float [4] on cpu");
  CHECK(difference(simulator.state(), state) == "");  // none of it was accepted

  CHECK(complaint([] { Simulator(arena(), {.matches = 0}); }) == "matches is 0 but must be at least 1");
  CHECK(complaint([] { Simulator(preset_with("arena", 12), {}); }) ==
        "players is 12; it must be a whole number from 1 to 11 players");
}
