// The bots' kernel against the same bots in ATen operations (tensor_bots/), bit for bit.
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "kernels/cpu/kernels.h"
#include "policy/bots.h"
#include "rules/observation.h"
#include "sim/reference_states.h"
#include "tests/support/catch.h"
#include "tests/support/extreme_moments.h"
#include "tests/support/scenarios.h"
#include "tests/support/tensor_bots/tensor_bots.h"

using namespace matchday;

namespace {

/// All players at rest, at distances from the ball at which one of the bots' conditions flips; the ball's position is
/// such an edge, too.
reference::GameState on_edges(const Rules& rules, std::uint32_t number) {
  const float unit = rules.half_length / 40.0F;
  std::mt19937 generator(number);
  const auto one_of = [&](const auto& numbers) { return numbers[generator() % std::size(numbers)] * unit; };
  constexpr float of_ball[] = {-30.0F, -26.0F, -20.0F, 0.0F, 10.0F, 20.0F, 22.0F};
  constexpr float before[] = {-5.0F, -1.0F, 0.0F, 3.0F, 7.0F, 10.0F, 14.0F, 32.0F};
  constexpr float beside[] = {-7.0F, -4.55F, -4.0F, 0.0F, 0.0F, 1.5F, 4.0F, 4.55F, 7.0F};
  const float side = number % 2 == 0 ? 1.0F : -1.0F;  // for A's view and for B's
  reference::GameState state;
  state.ball.position = {side * one_of(of_ball), 0.0F};
  for (auto& team : state.players)
    for (auto& player : team)
      player.position = state.ball.position + reference::Vec{side * one_of(before), one_of(beside)};
  return state;
}

/// Adversarial states and states on the conditions' edges, and the same again with realistic velocities.
Simulator awkward_matches(const Rules& rules, std::uint32_t strewn) {
  std::vector<reference::GameState> games = adversarial_states(rules, strewn);
  for (std::uint32_t number = 0; number < strewn; ++number) games.push_back(on_edges(rules, number));
  const std::size_t count = games.size();
  games.insert(games.end(), games.begin(), games.end());
  Simulator simulator(rules, {.matches = static_cast<std::int64_t>(games.size()), .seed = 5});
  MatchState state = to_match_state(rules, games);
  const at::Tensor velocity = state.bodies.slice(0, 2, 4).slice(2, static_cast<std::int64_t>(count));
  velocity.normal_(0.0, 2.0);
  state.bodies.masked_fill_(at::rand_like(state.bodies).lt(0.02), -0.0);
  simulator.set_state(state);
  return simulator;
}

/// Random bots with numbers below `end`, and in places none (-1). int32 [2, B]
at::Tensor any_bots(std::int64_t matches, int end) { return at::randint(-1, end, {2, matches}, at::kInt); }

/// Their actions by the second implementation, tensor_bots; 7 where no bot moves a team.
at::Tensor expected_actions(const Simulator& simulator, const at::Tensor& bots) {
  at::Tensor action = at::full({2, simulator.matches(), simulator.rules().players, action_size}, 7.0F);
  for (int bot = 0; bot < training_bot_count; ++bot)
    for (const int team : {0, 1}) {
      const at::Tensor moved = bots[team].eq(bot).view({-1, 1, 1});
      action[team] = at::where(moved, tensor_bots::act(static_cast<Bot>(bot), side_of(simulator, team)), action[team]);
    }
  return action;
}

/// Their actions by the kernels of one instruction set.
at::Tensor actions_by(const kernels::CpuKernels& kernels, const Simulator& simulator, const at::Tensor& bots) {
  const MatchState& state = simulator.state();
  const std::int64_t matches = simulator.matches();
  const at::Tensor action = at::full({2, matches, simulator.rules().players, action_size}, 7.0F);
  kernels.bot_actions(
      kernels::bot_constants(simulator.rules(), simulator.seed()),
      {matches, state.bodies.stride(1), state.bodies.const_data_ptr<float>(),
       simulator.match_indices().const_data_ptr<std::int64_t>(), state.episode.const_data_ptr<std::int32_t>(),
       state.clock.const_data_ptr<std::int32_t>(), bots.const_data_ptr<std::int32_t>(), action.data_ptr<float>()},
      0, matches);
  return action;
}

at::Tensor actions_of(const Simulator& simulator, const at::Tensor& bots) {
  const at::Tensor action = at::full({2, simulator.matches(), simulator.rules().players, action_size}, 7.0F);
  simulator.bot_actions(bots, action);
  return action;
}

void check_same(const Simulator& simulator) {
  for (int bot = 0; bot < bot_count; ++bot) {
    const at::Tensor bots = at::full({2, simulator.matches()}, bot, at::kInt);
    // Bots without a second implementation must at least give the same bits on all instruction sets.
    const at::Tensor expected = bot < training_bot_count
                                    ? expected_actions(simulator, bots)
                                    : actions_by(*kernels::runnable_cpu_kernels().back(), simulator, bots);
    INFO(names_of_bots[static_cast<std::size_t>(bot)] << ", " << game_name(simulator.rules().game) << ", "
                                                      << simulator.rules().players << " players");
    for (const kernels::CpuKernels* kernels : kernels::runnable_cpu_kernels()) {
      INFO(kernels->instruction_set);
      CHECK(same_bits(actions_by(*kernels, simulator, bots), expected));
    }
  }
  const at::Tensor bots = any_bots(simulator.matches(), training_bot_count);
  CHECK(same_bits(actions_of(simulator, bots), expected_actions(simulator, bots)));
}

}  // namespace

TEST_CASE("the bots' kernel has the bits of the second telling in all games and team sizes", "[bots][slow]") {
  at::manual_seed(1);
  for (const Preset& preset : presets)
    for (int players = 1; players <= max_players; ++players)
      check_same(awkward_matches(preset_with(preset.name, players), players == 5 ? 2000 : 200));
}

TEST_CASE("the bots' kernel has the bits of the second telling under any rules", "[bots][slow]") {
  at::manual_seed(2);
  for (const Rules& rules : odd_rules(40)) check_same(awkward_matches(rules, 60));
}

TEST_CASE("the bots' kernel has the bits of the second telling all through matches among bots", "[bots][slow]") {
  at::manual_seed(3);
  for (const Preset& preset : presets)
    for (const int players : {1, 3, 5}) {
      const Rules rules = preset_with(preset.name, players);
      Simulator simulator(rules, {.matches = 101, .seed = 6});
      const at::Tensor bots = at::randint(0, training_bot_count, {2, 101}, at::kInt);
      for (int step = 0; step < rules.steps; ++step) {
        INFO(preset.name << ", " << players << " players, step " << step);
        const at::Tensor action = actions_of(simulator, bots);
        REQUIRE(same_bits(action, expected_actions(simulator, bots)));
        simulator.step(action);
      }
    }
}

TEST_CASE("the random bot's numbers are the same at the ends of what a counter and a key can hold", "[bots]") {
  at_extreme_moments(0, [](std::uint64_t seed, std::int64_t, const ExtremeMoments& moments) {
    Simulator simulator(preset_with("arena", 11),
                        {.matches = 4, .seed = seed, .indices = at::tensor(moments.match, at::kLong)});
    MatchState state = clone(simulator.state());
    state.episode.copy_(at::tensor(moments.episode, at::kInt));
    state.clock.copy_(at::tensor(moments.step, at::kInt));
    simulator.set_state(state);
    check_same(simulator);
  });
}

TEST_CASE("parts of a simulator's matches have the whole's bots and leave nobody's rows alone", "[bots]") {
  at::manual_seed(4);
  const Simulator whole = awkward_matches(preset_with("arena", 5), 100);
  const at::Tensor bots = any_bots(whole.matches(), bot_count);
  const at::Tensor all = actions_of(whole, bots);
  CHECK(all.eq(7.0F).all(3).all(2).eq(bots.eq(-1)).all().item<bool>());
  CHECK(bots.eq(-1).any().item<bool>());
  for (const auto& [first, count] : {std::pair(0, 1), {1, 16}, {5, 50}, {100, 33}})
    CHECK(same_bits(actions_of(whole.part(first, count), bots.narrow(1, first, count).contiguous()),
                    all.narrow(1, first, count).contiguous()));
}

TEST_CASE("numbers of no bot are nobody's", "[bots]") {
  const Simulator simulator(arena(), {.matches = 3});
  const at::Tensor nobody = at::tensor({-2, bot_count, 1000, -1, 0x7FFFFFFF, -0x7FFFFFFF}, at::kInt).view({2, 3});
  CHECK(actions_of(simulator, nobody).eq(7.0F).all().item<bool>());
}
