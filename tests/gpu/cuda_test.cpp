// The simulator on a CUDA device: a GPU, or the fake device in the host's memory (fake_cuda/). Without either, these
// tests are skipped.
#include <string>

#include "evaluate/match_statistics.h"
#include "policy/bots.h"
#include "policy/network_policy.h"
#include "rules/randomness.h"
#include "sim/reference_states.h"
#include "sim/simulator.h"
#include "tests/support/catch.h"
#include "tests/support/complaint.h"
#include "tests/support/cuda.h"
#include "tests/support/scenarios.h"
#include "train/device.h"
#include "train/returns.h"
#include "verify/equivalence.h"

using namespace matchday;

namespace {

MatchState on_cuda(const MatchState& state) {
  return {state.bodies.cuda(), state.score.cuda(), state.clock.cuda(), state.episode.cuda(), state.potential.cuda()};
}

}  // namespace

TEST_CASE("a CUDA device is found by every name that a config may give it", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  for (const char* name : {"cuda", "cuda:0", "auto"}) {
    const at::Device device = find_device(name);
    INFO(name);
    CHECK(device == at::Device(at::kCUDA, 0));
    Simulator simulator(arena(), {.matches = 3, .device = device});
    CHECK(simulator.step(at::zeros({2, 3, 5, 4}, device)).reward.device() == device);
  }
  CHECK(Simulator(arena(), {.matches = 3, .device = at::kCUDA}).device() == at::Device(at::kCUDA, 0));
  CHECK(complaint([] { find_device("cuda:7"); }).starts_with("device is cuda:7 but this machine has "));
}

TEST_CASE("on CUDA whole matches have the reference core's bits", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  std::int64_t played = 0;
  for (const Preset& preset : presets)
    for (const int players : {1, 2, 3, 5, 11})
      for (const std::int64_t matches : {1, 31, 65}) {
        const EquivalenceReport report =
            check_equivalence(preset_with(preset.name, players),
                              {.matches = matches, .device = at::kCUDA, .backends = {BackendKind::native}});
        INFO(preset.name << ", " << players << " a side, " << matches << " matches");
        CHECK(!report.mismatch);
        CHECK(report.resets > 0);
        played += matches;
      }
  CHECK(played > 1000);
}

TEST_CASE("on CUDA the tensor backend has the reference core's bits", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  for (const Preset& preset : presets)
    for (const int players : {1, 5}) {
      Rules rules = preset_with(preset.name, players);
      rules.steps = 25;
      const EquivalenceReport report =
          check_equivalence(rules, {.matches = 19, .device = at::kCUDA, .backends = {BackendKind::tensor}});
      INFO(preset.name << ", " << players << " a side");
      CHECK(!report.mismatch);
    }
}

TEST_CASE("on CUDA adversarial states are played with the CPU's bits", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  for (const Preset& preset : presets)
    for (const int players : {1, 5, 11}) {
      const Rules rules = preset_with(preset.name, players);
      const auto games = adversarial_states(rules, 300);
      const auto matches = static_cast<std::int64_t>(games.size());
      Simulator cpu(rules, {.matches = matches, .seed = games[0].key.seed});
      cpu.set_state(to_match_state(rules, games));
      Simulator cuda(rules, {.matches = matches, .seed = games[0].key.seed, .device = at::kCUDA});
      cuda.set_state(on_cuda(cpu.state()));
      for (int step = 0; step < 12; ++step) {
        const at::Tensor action = mixed_actions(rules, games, step);
        const StepResult expected = cpu.step(action);
        const StepResult result = cuda.step(action.cuda());
        INFO(preset.name << ", " << players << " a side, after step " << step);
        REQUIRE(difference(cuda.state(), cpu.state()) == "");
        REQUIRE(same_bits(result.reward, expected.reward));
        REQUIRE(same_bits(cuda.observe(), cpu.observe()));
        REQUIRE(same_bits(cuda.observe_players(), cpu.observe_players()));
      }
    }
}

TEST_CASE("on CUDA some matches start anew as on the CPU", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  for (const Preset& preset : presets) {
    const Rules rules = preset_with(preset.name, 3);
    Simulator cpu(rules, {.matches = 77, .seed = 2}), cuda(rules, {.matches = 77, .seed = 2, .device = at::kCUDA});
    const at::Tensor mask = at::arange(77).remainder(3) == 0;
    cpu.reset(mask);
    cuda.reset(mask.cuda());
    INFO(preset.name);
    CHECK(difference(cuda.state(), cpu.state()) == "");
  }
}

TEST_CASE("noise, samples and returns have the CPU's bits on CUDA", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  const at::Tensor mean = at::randn({2, 333, 5, 4});
  const at::Tensor log_std = at::rand({2, 333, 5, 4}) * 3.5 - 3.0;
  const Simulator cpu(arena(), {.matches = 333, .seed = 6});
  const Simulator cuda(arena(), {.matches = 333, .seed = 6, .device = at::kCUDA});
  CHECK(same_bits(cpu.noise(slot_action_noise), cuda.noise(slot_action_noise)));
  const SampledActions expected = cpu.sample({mean, log_std, slot_action_noise, true});
  const SampledActions drawn = cuda.sample({mean.cuda(), log_std.cuda(), slot_action_noise, true});
  CHECK(same_bits(drawn.pre_squash, expected.pre_squash));
  CHECK(same_bits(drawn.action, expected.action));
  CHECK(same_bits(drawn.log_prob, expected.log_prob));
  const at::Tensor reward = at::randn({50, 333});
  const at::Tensor terminated = at::rand({50, 333}).lt(0.05);
  CHECK(same_bits(discounted_returns(reward.cuda(), terminated.cuda(), 0.97),
                  discounted_returns(reward, terminated, 0.97)));
  const at::Tensor of_nothing = at::zeros({50, 0}, at::kCUDA);
  CHECK(discounted_returns(of_nothing, of_nothing.to(at::kBool), 0.97).numel() == 0);
}

TEST_CASE("on CUDA matches have the CPU's statistics", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  constexpr std::int64_t matches = 200;
  for (const Preset& preset : presets)
    for (const int players : {1, 5}) {
      const Rules rules = preset_with(preset.name, players);
      Simulator cpu(rules, {.matches = matches}), cuda(rules, {.matches = matches, .device = at::kCUDA});
      MatchStatistics expected = no_statistics(rules, matches, at::kCPU);
      MatchStatistics counted = no_statistics(rules, matches, at::kCUDA);
      for (int step = 0; step < 60; ++step) {
        const at::Tensor action =
            mixed_actions(rules, to_game_states(rules, cpu.state(), cpu.seed(), cpu.match_indices()), step);
        const auto play = [&](Simulator& simulator, MatchStatistics& statistics, const at::Tensor& moved) {
          const MatchState before = clone(simulator.state());
          simulator.step(moved);
          count_step(statistics, rules, before, moved, simulator.state());
        };
        play(cpu, expected, action);
        play(cuda, counted, action.cuda());
      }
      INFO(preset.name << ", " << players << " a side");
      CHECK(same_bits(counted.possession, expected.possession));
      CHECK(same_bits(counted.kicks, expected.kicks));
      CHECK(same_bits(counted.passes, expected.passes));
      CHECK(same_bits(counted.shots, expected.shots));
      CHECK(same_bits(counted.goal_kept, expected.goal_kept));
      CHECK(at::allclose(counted.apart.cpu(), expected.apart, 1e-4));
    }
}

TEST_CASE("on CUDA adversarial states have the CPU's bits of bots", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  at::manual_seed(1);
  for (const Preset& preset : presets)
    for (int players = 1; players <= max_players; ++players) {
      const Rules rules = preset_with(preset.name, players);
      const auto games = adversarial_states(rules, 90);
      const auto matches = static_cast<std::int64_t>(games.size());
      Simulator cpu(rules, {.matches = matches, .seed = 7});
      cpu.set_state(to_match_state(rules, games));
      Simulator cuda(rules, {.matches = matches, .seed = 7, .device = at::kCUDA});
      cuda.set_state(on_cuda(cpu.state()));
      for (int k = 0; k < 8; ++k) {
        const at::Tensor bots = at::randint(-1, bot_count, {2, matches}, at::kInt);
        const at::Tensor expected = at::full({2, matches, players, 4}, 7.0F);
        const at::Tensor action = expected.cuda();
        cpu.bot_actions(bots, expected);
        cuda.bot_actions(bots.cuda(), action);
        INFO(preset.name << ", " << players << " a side");
        REQUIRE(same_bits(action, expected));
      }
    }
}

TEST_CASE("on CUDA bots play whole matches as on the CPU", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  for (const std::string_view name : names_of_bots) {
    Rules rules = arena();
    rules.steps = 30;
    const Policy bot = make_bot(std::string(name));
    Simulator cpu(rules, {.matches = 50}), cuda(rules, {.matches = 50, .device = at::kCUDA});
    for (int step = 0; step < 40; ++step) {
      const at::Tensor action = act(bot, bot, cpu);
      INFO(name << ", step " << step);
      REQUIRE(same_bits(act(bot, bot, cuda), action));
      cpu.step(action);
      cuda.step(action.cuda());
    }
  }
}

TEST_CASE("tensors of another device are refused", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  Simulator simulator(arena(), {.matches = 4, .device = at::kCUDA});
  CHECK(complaint([&] {
          simulator.step(at::zeros({2, 4, 5, 4}));
        }) == "the action is Float [2, 4, 5, 4] on cpu but must be Float [2, 4, 5, 4] on cuda:0");
}
