// The rollout step as one operator compared with its parts, bit for bit; and matches played in parts of the batch.
#include <string>
#include <vector>

#include "policy/bots.h"
#include "policy/network_policy.h"
#include "tests/support/catch.h"
#include "tests/support/lively_networks.h"
#include "tests/support/scenarios.h"
#include "verify/equivalence.h"

using namespace matchday;

namespace {

constexpr std::int64_t matches = 37;

/// Matches of which some end at every step.
Simulator staggered(const Rules& rules, BackendKind backend) {
  Simulator simulator(rules, {.matches = matches, .seed = 9, .backend = backend});
  MatchState state = clone(simulator.state());
  state.clock.copy_(at::arange(matches).remainder(rules.steps));
  simulator.set_state(state);
  return simulator;
}

RolloutStep room_for(const Simulator& simulator, const NetworkOptions& options) {
  const std::int64_t b = simulator.matches();
  const std::int64_t players = simulator.rules().players;
  return {at::empty({2, b, players, 4}),
          at::empty({2, b, players, 4}),
          at::empty({2, b, players}),
          at::empty({b}),
          at::empty({b}, at::kBool),
          at::empty({2, b}, at::kInt),
          options.agent == Agent::player ? simulator.observe_players() : simulator.observe()};
}

}  // namespace

TEST_CASE("to play is to draw, to step, to start the next match where one is over, and to look") {
  at::manual_seed(3);
  for (const Preset& preset : presets)
    for (const Agent agent : {Agent::player, Agent::team})
      for (const Head head : {Head::squashed, Head::footyai})
        for (const BackendKind backend : backends_on(at::kCPU))
          for (const bool autoreset : {true, false}) {
            Rules rules = preset_with(preset.name, 3);
            rules.steps = 7;
            const NetworkOptions options = small_options(agent, head);
            const NetworkShape shape = network_shape(rules, options);
            Simulator simulator = staggered(rules, backend);
            Simulator again = staggered(rules, backend);
            const RolloutStep played = room_for(simulator, options);
            for (const std::int64_t with_bots : {0, 5, 37}) {
              INFO(preset.name << ", " << agent << ", " << head << ", " << backend_name(backend) << ", " << with_bots
                               << " with bots, at once " << autoreset);
              const at::Tensor mean = at::randn({2, matches, shape.rows, shape.outputs});
              const ActionDistribution distribution{head == Head::squashed ? Squash::tanh : Squash::none, mean,
                                                    at::rand_like(mean) - 1.0};
              RolloutStepOptions step_options{{}, at::full({}, 0.5F), autoreset};
              if (with_bots > 0) {
                step_options.bots = at::full({2, matches}, -1, at::kInt);
                step_options.bots.narrow(1, matches - with_bots, with_bots).random_(-1, bot_count);
              }
              simulator.rollout_step(drawing(rules, options, distribution), step_options, played);

              const SampledActions drawn = again.sample(drawing(rules, options, distribution));
              if (with_bots > 0) again.bot_actions(step_options.bots, drawn.action);
              const StepResult result = again.step(drawn.action, step_options.shaping);
              CHECK(at::equal(played.pre_squash, drawn.pre_squash));
              CHECK(at::equal(played.action, drawn.action));
              CHECK(at::equal(played.log_prob, drawn.log_prob));
              CHECK(same_bits(played.reward, result.reward));
              CHECK(at::equal(played.terminated, result.terminated));
              CHECK(at::equal(played.score, again.state().score));
              if (autoreset) again.reset(result.terminated);
              CHECK(same_bits(played.observation,
                              options.agent == Agent::player ? again.observe_players() : again.observe()));
              CHECK(difference(simulator.state(), again.state()) == "");
            }
          }
}

TEST_CASE("parts of the matches play as the whole does, in the same tensors") {
  const Rules rules = preset_with("arena", 2);
  for (const BackendKind backend : backends_on(at::kCPU)) {
    INFO(backend_name(backend));
    Simulator in_parts = staggered(rules, backend);
    Simulator whole = staggered(rules, backend);
    at::manual_seed(4);
    MatchState state = clone(whole.state());
    state.score.copy_(at::randint(0, 3, {2, matches}));
    whole.set_state(state);
    in_parts.set_state(state);
    for (int step = 0; step < 9; ++step) {
      const at::Tensor action = at::randn({2, matches, 2, 4});
      if (step == 3) action[1][20][1][2] = std::numeric_limits<float>::quiet_NaN();
      const StepResult result = whole.step(action);
      for (const auto& [first, count] : {std::pair(0, 16), {16, 20}, {36, 1}}) {
        Simulator part = in_parts.part(first, count);
        REQUIRE(part.matches() == count);
        const StepResult own = part.step(action.narrow(1, first, count).contiguous());
        CHECK(same_bits(own.reward, result.reward.narrow(0, first, count)));
        if (step == 5) part.reset(own.terminated);
        CHECK(same_bits(part.observe_players(), in_parts.observe_players().narrow(1, first, count).contiguous()));
      }
      if (step == 5) whole.reset(result.terminated);
      CHECK(difference(in_parts.state(), whole.state()) == "");
    }
    CHECK(in_parts.nonfinite_actions().item<std::int64_t>() == 1);
  }
}
