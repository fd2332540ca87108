#include "train/rollout.h"

#include <string>
#include <vector>

#include "policy/bots.h"
#include "policy/network_policy.h"
#include "rules/observation.h"
#include "rules/randomness.h"
#include "tests/support/catch.h"
#include "tests/support/lively_networks.h"
#include "tests/support/played_rollout.h"
#include "tests/support/scenarios.h"

using namespace matchday;

namespace {

/// No extra threads.
ThreadPool thread_pool;

Rules short_matches(const std::string& preset) {
  Rules rules = *find_preset(preset);
  rules.steps = 12;
  return rules;
}

/// Opponents for self-play only, or for self-play and bots.
Opponents opponents_of(const Network& network, std::int64_t matches, double bot_share = 0.0) {
  TrainOptions options;
  options.matches = matches;
  options.bot_share = bot_share;
  options.bots = "chaser";
  return {options, network, 1};
}

at::Tensor weight(double shaping) { return at::full({}, shaping, at::kFloat); }

/// Matches that have each played one step more than the previous one.
Simulator staggered(const Rules& rules, std::int64_t matches) {
  Simulator simulator(rules, {.matches = matches, .seed = 4});
  MatchState state = clone(simulator.state());
  state.clock.copy_(at::arange(matches).remainder(rules.steps));
  simulator.set_state(state);
  return simulator;
}

}  // namespace

TEST_CASE("a trajectory holds what was seen, drawn and earned") {
  const at::NoGradGuard no_gradient;
  for (const std::string preset : {"arena", "footyai-v2"})
    for (const Agent agent : {Agent::player, Agent::team})
      for (const auto& [teams, in_one_block] : {std::pair(1U, false), {2U, false}, {1U, true}, {2U, true}}) {
        const Rules rules = short_matches(preset);
        const NetworkOptions options = small_options(agent, preset == "arena" ? Head::squashed : Head::footyai);
        Networks networks;
        for (std::size_t k = 0; k < teams; ++k) networks.push_back(lively_network(rules, options, k));
        const NetworkShape shape = network_shape(rules, options);
        Opponents opponents = opponents_of(networks[0], 8);
        Simulator simulator(rules, {.matches = 8, .seed = 4});
        const Trajectory trajectory =
            rollout(simulator, networks, opponents, thread_pool, {12, weight(0.6), false, in_one_block, Bot::role});
        REQUIRE(trajectory.observation.sizes() == at::IntArrayRef({12, 16, shape.rows, shape.inputs}));
        REQUIRE(trajectory.pre_squash.sizes() == at::IntArrayRef({12, 16, shape.rows, shape.outputs}));
        REQUIRE(trajectory.log_prob.sizes() == at::IntArrayRef({12, 16, shape.rows}));

        Simulator again(rules, {.matches = 8, .seed = 4});
        for (int t = 0; t < 12; ++t) {
          INFO(preset << ", " << agent << ", " << teams << " networks, step " << t);
          const at::Tensor seen = observe(again, options);
          CHECK(same_bits(trajectory.observation[t], seen.flatten(0, 1)));
          const at::Tensor noise = again.noise(slot_action_noise).view({2, 8, shape.rows, shape.outputs});
          const at::Tensor stored = trajectory.pre_squash[t].view_as(noise);
          for (const std::int64_t team : {0, 1}) {
            const ActionDistribution own =
                decide(networks[teams == 1 ? 0 : static_cast<std::size_t>(team)], seen[team]);
            // A forward pass over both teams' rows at once may round differently.
            CHECK(at::allclose(stored[team], own.mean + own.log_std.exp() * noise[team], 1e-4, 1e-5));
            CHECK(at::allclose(trajectory.log_prob[t].view({2, 8, -1})[team], log_prob(own, stored[team]).sum(-1), 1e-3,
                               1e-3));
            const at::Tensor expected =
                predict_values(networks[teams == 1 ? 0 : static_cast<std::size_t>(team)], seen[team]);
            CHECK(at::allclose(trajectory.values[t].view({2, 8, -1})[team], expected, 1e-5, 1e-6));
            const at::Tensor taught = make_bot("role").act(side_of(again, static_cast<int>(team)));
            const bool rotated = team == 1 && rotates_actions_of_b(rules, options);
            CHECK(at::equal(trajectory.teacher[t].view({2, 8, rules.players, action_size})[team],
                            rotated ? -taught : taught));
          }
          // Sampling with almost no deviation gives the stored samples again, and their actions.
          const SampledActions drawn = again.sample(
              drawing(rules, options,
                      {preset == "arena" ? Squash::tanh : Squash::none, stored, at::full_like(stored, -87.0F)}));
          CHECK(same_bits(drawn.pre_squash.view_as(stored), stored));
          const StepResult result = again.step(drawn.action, weight(0.6));
          CHECK(same_bits(trajectory.reward[t], result.reward));
          CHECK(at::equal(trajectory.terminated[t], result.terminated));
          CHECK(at::equal(trajectory.score[t], again.state().score));
          CHECK(result.terminated.all().item<bool>() == (t == 11));
        }
        CHECK(difference(simulator.state(), again.state()) == "");
        CHECK(trajectory.reward.abs().max().item<double>() > 0.0);
        CHECK(trajectory.goals.item<std::int64_t>() == again.state().score.sum().item<std::int64_t>());
      }
}

TEST_CASE("two windows are one of twice the length, and the first ends with what the second begins with") {
  const Rules rules = short_matches("arena");
  const Network network = lively_network(rules, small_options(), 1);
  Opponents opponents = opponents_of(network, 7);
  Simulator in_two = staggered(rules, 7);
  Simulator at_once = staggered(rules, 7);
  const Trajectory first = rollout(in_two, {network}, opponents, thread_pool, {9, weight(1.0), true});
  const at::Tensor seen_between = observe(in_two, network.options).flatten(0, 1);
  const Trajectory second = rollout(in_two, {network}, opponents, thread_pool, {9, weight(1.0), true});
  const Trajectory whole = rollout(at_once, {network}, opponents, thread_pool, {18, weight(1.0), true});
  CHECK(same_bits(seen_between, second.observation[0]));
  CHECK(same_bits(at::cat({first.observation, second.observation}), whole.observation));
  CHECK(same_bits(at::cat({first.pre_squash, second.pre_squash}), whole.pre_squash));
  CHECK(same_bits(at::cat({first.log_prob, second.log_prob}), whole.log_prob));
  CHECK(same_bits(at::cat({first.reward, second.reward}), whole.reward));
  CHECK(at::equal(at::cat({first.terminated, second.terminated}), whole.terminated));
  CHECK(same_bits(first.values[9], second.values[0]));
  CHECK(same_bits(at::cat({first.values.slice(0, 0, 9), second.values}), whole.values));
  CHECK(difference(in_two.state(), at_once.state()) == "");
  CHECK(at::equal(first.goals + second.goals, whole.goals));
}

TEST_CASE("within a window the next match starts where one is over, at the clock of each place") {
  const Rules rules = short_matches("arena");
  const Network network = lively_network(rules, small_options(), 1);
  const std::int64_t steps = 2 * rules.steps + 3;
  const std::int64_t time_left = player_observation_size(rules.players) - 2 * rules.players - 1;
  for (const bool at_once : {true, false}) {
    Opponents opponents = opponents_of(network, 15);
    Simulator simulator = staggered(rules, 15);
    const at::Tensor begin = simulator.state().clock.to(at::kLong);
    const Trajectory trajectory = rollout(simulator, {network}, opponents, thread_pool, {steps, weight(1.0), at_once});
    for (std::int64_t t = 0; t < steps; ++t) {
      const at::Tensor played = begin + t;
      const at::Tensor clock = at_once ? played.remainder(rules.steps) : played;
      const at::Tensor left = (rules.steps - clock).to(at::kFloat) / rules.steps;
      for (std::int64_t player = 0; player < rules.players; ++player)
        CHECK(at::allclose(trajectory.observation[t].select(1, player).select(1, time_left), left.repeat({2}), 1e-6));
      CHECK(at::equal(trajectory.terminated[t], at_once ? (clock == rules.steps - 1) : (clock >= rules.steps - 1)));
    }
    const at::Tensor played = begin + steps;
    CHECK(at::equal(simulator.state().clock.to(at::kLong), at_once ? played.remainder(rules.steps) : played));
    CHECK(at::equal(simulator.state().episode.to(at::kLong),
                    at_once ? played.div(rules.steps, "floor") : at::zeros_like(played)));
  }
}

TEST_CASE("goals are counted over the ends of matches") {
  Rules rules = arena();
  rules.steps = 40;
  const Network network = lively_network(rules, small_options(), 1);
  Opponents opponents = opponents_of(network, 20, 0.9);
  Simulator simulator = staggered(rules, 20);
  // Without shaping rewards are goals.
  const Trajectory trajectory = rollout(simulator, {network}, opponents, thread_pool, {90, weight(0.0), true});
  const double goals = trajectory.reward.abs().sum().item<double>();
  CHECK(goals > 20.0);
  CHECK(trajectory.goals.item<std::int64_t>() == static_cast<std::int64_t>(goals));
}

TEST_CASE("a trajectory keeps observations as networks read them, and the activations that they led to") {
  const Rules rules = short_matches("arena");
  const Network network = lively_network(rules, small_options(), 1);
  const std::int64_t hidden = PackedNetwork::hidden_size(network.options);
  for (const bool in_one_block : {false, true}) {
    Opponents opponents = opponents_of(network, 20, 0.5);
    Simulator simulator = staggered(rules, 20);
    Simulator same = staggered(rules, 20);
    RolloutOptions options{.steps = 5, .hidden = hidden, .autoreset = true, .in_one_block = in_one_block};
    const Trajectory low = [&] {
      options.precision = at::kBFloat16;
      return Rollout(same, opponents, thread_pool, network.options, options).collect({network}, weight(1.0));
    }();
    options.precision = at::kFloat;
    const Trajectory trajectory =
        Rollout(simulator, opponents, thread_pool, network.options, options).collect({network}, weight(1.0));
    CHECK(low.observation.scalar_type() == at::kBFloat16);
    CHECK(same_bits(low.observation[0].view(at::kShort), trajectory.observation[0].to(at::kBFloat16).view(at::kShort)));
    for (const Trajectory& played : {low, trajectory}) {
      const PackedNetwork packed(network, played.observation.scalar_type());
      const at::Tensor seen = played.observation.to(at::kFloat);
      at::Tensor mean = at::empty(played.pre_squash.sizes());
      at::Tensor expected = at::zeros_like(played.hidden);
      packed.decide(seen.const_data_ptr<float>(), mean.numel() / mean.size(-1), mean.mutable_data_ptr<float>(),
                    at::empty_like(mean).mutable_data_ptr<float>(), expected.mutable_data_ptr());
      CHECK(at::equal(played.hidden, expected));
      CHECK(expected.abs().max().item<double>() > 0.1);
    }
  }
}

TEST_CASE("a trajectory needs no gradient") {
  const Rules rules = short_matches("arena");
  const Network network = lively_network(rules, small_options(), 1);
  Opponents opponents = opponents_of(network, 4);
  Simulator simulator(rules, {.matches = 4});
  const Trajectory trajectory = rollout(simulator, {network}, opponents, thread_pool, {3, weight(1.0), true});
  for (const at::Tensor& tensor :
       {trajectory.observation, trajectory.pre_squash, trajectory.log_prob, trajectory.reward, trajectory.values})
    CHECK_FALSE(tensor.requires_grad());
}
