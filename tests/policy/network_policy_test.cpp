#include "policy/network_policy.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "policy/bots.h"
#include "rules/randomness.h"
#include "tests/support/catch.h"
#include "tests/support/lively_networks.h"
#include "tests/support/mirror.h"
#include "tests/support/scenarios.h"
#include "verify/equivalence.h"

using namespace matchday;

namespace {

struct Variant {
  Rules rules;
  NetworkOptions network;
  std::string name;
};

/// Players' and teams' networks in all games, with all heads.
std::vector<Variant> variants() {
  std::vector<Variant> all;
  for (const Preset& preset : presets)
    for (const Agent agent : {Agent::player, Agent::team})
      for (const Head head : {Head::squashed, Head::footyai})
        all.push_back({preset_with(preset.name, 3), small_options(agent, head),
                       fmt::format("{}, {}, {}", preset.name, name_of(agent), name_of(head))});
  return all;
}

/// Matches in mid-play.
Simulator midst_of_play(const Rules& rules, std::int64_t matches, BackendKind backend = BackendKind::automatic) {
  Simulator simulator(rules, {.matches = matches, .seed = 3, .backend = backend});
  const Policy bot = make_bot("random");
  for (int step = 0; step < 12; ++step) simulator.step(act(bot, bot, simulator));
  return simulator;
}

/// Whether B's actions must be rotated: the network has its own view, the game takes actions in the view from above.
double rotation_of_b(const Variant& variant) {
  return variant.network.agent == Agent::player && variant.rules.game != Game::arena ? -1.0 : 1.0;
}

}  // namespace

TEST_CASE("a network decides by what its side sees: the mean, or a sample drawn with the match's noise") {
  at::manual_seed(1);
  const at::NoGradGuard no_gradient;
  for (const Variant& variant : variants()) {
    const Simulator simulator = midst_of_play(variant.rules, 6);
    const Network network = lively_network(variant.rules, variant.network, 5);
    const Policy mean = network_policy("mean", network, Decisions::mean);
    const Policy sampled = network_policy("sampled", network, Decisions::sampled);
    for (const int team : {0, 1}) {
      const at::Tensor observation = variant.network.agent == Agent::player ? simulator.observe_players()[team]
                                                                            : simulator.observe()[team].unsqueeze(1);
      const ActionDistribution distribution = decide(network, observation);
      const at::Tensor noise = simulator.noise(slot_action_noise)[team].reshape_as(distribution.mean);
      const at::Tensor drawn = distribution.mean + distribution.log_std.exp() * noise;
      const double rotation = team == 1 ? rotation_of_b(variant) : 1.0;
      const auto action = [&](const at::Tensor& u) {
        return (variant.network.head == Head::squashed ? u.tanh() : u).view({6, 3, 4}) * rotation;
      };
      INFO(variant.name << ", team " << team);
      CHECK(at::equal(mean.act(side_of(simulator, team)), action(distribution.mean)));
      CHECK(at::allclose(sampled.act(side_of(simulator, team)), action(drawn), 1e-6, 1e-6));
      // A side may cover only some of the matches.
      const Side some{simulator, team, 2, 3};
      CHECK(at::allclose(mean.act(some), action(distribution.mean).narrow(0, 2, 3), 1e-5, 1e-5));
      CHECK(at::allclose(sampled.act(some), action(drawn).narrow(0, 2, 3), 1e-5, 1e-5));
    }
  }
}

TEST_CASE("what is drawn for both teams is the sample, its log-probability and the action, rotated where it must be") {
  at::manual_seed(2);
  for (const Variant& variant : variants())
    for (const BackendKind backend : backends_on(at::kCPU)) {
      const Simulator simulator = midst_of_play(variant.rules, 6, backend);
      const bool squashed = variant.network.head == Head::squashed;
      const NetworkShape shape = network_shape(variant.rules, variant.network);
      const at::Tensor mean = at::randn({2, 6, shape.rows, shape.outputs});
      const ActionDistribution distribution{squashed ? Squash::tanh : Squash::none, mean, at::rand_like(mean) - 1.0};
      const SampledActions drawn = simulator.sample(drawing(variant.rules, variant.network, distribution));
      const at::Tensor expected = mean + distribution.log_std.exp() * simulator.noise(slot_action_noise).view_as(mean);
      const at::Tensor action = (squashed ? expected.tanh() : expected).view({2, 6, 3, 4});
      INFO(variant.name << ", " << backend_name(backend));
      CHECK(at::allclose(drawn.pre_squash.view_as(mean), expected, 1e-5, 1e-6));
      CHECK(at::allclose(drawn.action[0], action[0], 1e-5, 1e-6));
      CHECK(at::allclose(drawn.action[1], action[1] * rotation_of_b(variant), 1e-5, 1e-6));
      CHECK(at::allclose(drawn.log_prob.view({2, 6, shape.rows, -1}).sum(-1), log_prob(distribution, expected).sum(-1),
                         1e-4, 1e-4));
    }
}

// Through observation, network and rules: A's network in a match and B's in its mirror image act the same in every bit,
// so the matches stay mirror images. Not for a FootyAI team's network, which reads which team it is.
TEST_CASE("two networks play the mirrored match when they change sides") {
  at::manual_seed(3);
  for (const Variant& variant : variants()) {
    if (variant.network.agent == Agent::team && variant.rules.game != Game::arena) continue;
    const Policy ours = network_policy("ours", lively_network(variant.rules, variant.network, 5), Decisions::mean);
    const Policy theirs = network_policy("theirs", lively_network(variant.rules, variant.network, 6), Decisions::mean);
    Simulator match = midst_of_play(variant.rules, 9);
    Simulator mirror(variant.rules, {.matches = 9, .seed = 3});
    mirror.set_state(rotated(variant.rules, match.state()));
    double moved = 0.0;
    for (int step = 0; step < 40; ++step) {
      const at::Tensor action = act(ours, theirs, match);
      const at::Tensor mirror_action = act(theirs, ours, mirror);
      INFO(variant.name << ", step " << step);
      REQUIRE(same_bits(mirror_action, sees_own_side(variant.rules) ? action.flip(0) : -action.flip(0)));
      match.step(action);
      mirror.step(mirror_action);
      REQUIRE(difference(mirror.state(), rotated(variant.rules, match.state())) == "");
      moved += action.std().item<double>();
    }
    CHECK(moved > 1.0);
  }
}
