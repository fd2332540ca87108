#include <vector>

#include "policy/network_policy.h"
#include "rules/presets.h"
#include "rules/randomness.h"
#include "sim/simulator.h"
#include "tests/support/catch.h"
#include "tests/support/scenarios.h"

using namespace matchday;

namespace {

double average(const at::Tensor& numbers) { return numbers.to(at::kDouble).mean().item<double>(); }

void play_a_step(Simulator& simulator) {
  simulator.step(at::zeros({2, simulator.matches(), simulator.rules().players, 4}));
}

}  // namespace

TEST_CASE("noise is standard normal and its components are independent") {
  const Simulator simulator(arena(), {.matches = 40000, .seed = 5});
  const at::Tensor noise = simulator.noise(slot_action_noise);
  REQUIRE(noise.sizes() == at::IntArrayRef({2, 40000, 5, 4}));
  REQUIRE(noise.isfinite().all().item<bool>());
  // For 1.6 million numbers the moments' standard errors are 0.0008, 0.0011, 0.003 and 0.008.
  CHECK(average(noise) == Approx(0.0).margin(0.004));
  CHECK(average(noise.square()) == Approx(1.0).margin(0.006));
  CHECK(average(noise.pow(3)) == Approx(0.0).margin(0.016));
  CHECK(average(noise.pow(4)) == Approx(3.0).margin(0.04));
  CHECK(average(noise.abs() < 1.0) == Approx(0.682689).margin(0.002));
  CHECK(average(noise.abs() > 3.0) == Approx(0.0027).margin(0.0002));
  for (int k = 0; k < 4; ++k)
    for (int l = 0; l < k; ++l) {
      const at::Tensor a = noise.select(-1, k), b = noise.select(-1, l);
      INFO("components " << k << " and " << l);
      CHECK(average(a * b) == Approx(0.0).margin(0.008));
      CHECK(average(a.square() * b.square()) == Approx(1.0).margin(0.03));  // their magnitudes are independent too
    }
}

TEST_CASE("a match's noise does not depend on the batch") {
  Simulator together(arena(), {.matches = 67, .seed = 5});
  play_a_step(together);
  const at::Tensor batch = together.noise(slot_action_noise);
  for (const std::int64_t b : {0, 1, 7, 64, 66}) {
    Simulator alone(arena(), {.matches = 1, .seed = 5, .first_match = b});
    play_a_step(alone);
    INFO("match " << b);
    CHECK(same_bits(batch.narrow(1, b, 1), alone.noise(slot_action_noise)));
  }
}

TEST_CASE("noise differs between players, teams, matches, steps, episodes, purposes and seeds") {
  Simulator simulator(arena(), {.matches = 3, .seed = 5});
  Simulator other_seed(arena(), {.matches = 3, .seed = 6});
  std::vector<at::Tensor> all{simulator.noise(slot_action_noise), simulator.noise(slot_bot),
                              other_seed.noise(slot_action_noise)};
  CHECK(same_bits(all[0], simulator.noise(slot_action_noise)));  // a call changes no state
  play_a_step(simulator);
  all.push_back(simulator.noise(slot_action_noise));
  simulator.reset();
  all.push_back(simulator.noise(slot_action_noise));
  play_a_step(simulator);
  all.push_back(simulator.noise(slot_action_noise));

  // All these numbers differ.
  const at::Tensor numbers = at::stack(all).flatten();
  const at::Tensor distinct = std::get<0>(at::unique_consecutive(std::get<0>(numbers.sort())));
  CHECK(distinct.numel() == numbers.numel());
}

TEST_CASE("both backends draw the same bits of noise, for any number of players and matches") {
  for (const int players : {1, 2, 3, 5, 11})
    for (const std::int64_t matches : {1, 31, 65}) {
      const Rules rules = preset_with("arena", players);
      std::vector<at::Tensor> noises;
      for (const BackendKind backend : {BackendKind::reference, BackendKind::native, BackendKind::tensor}) {
        Simulator simulator(rules,
                            {.matches = matches, .seed = ~std::uint64_t{3}, .first_match = 77, .backend = backend});
        for (int step = 0; step < 3; ++step) play_a_step(simulator);
        simulator.reset(at::arange(matches).remainder(2).eq(0));
        noises.push_back(simulator.noise(slot_action_noise));
      }
      INFO(players << " a side, " << matches << " matches");
      CHECK(same_bits(noises[0], noises[1]));
      CHECK(same_bits(noises[0], noises[2]));
    }
}

TEST_CASE("the native backend draws the actions that ATen's functions draw of the same noise") {
  at::manual_seed(4);
  for (const int players : {1, 5})
    for (const Agent agent : {Agent::player, Agent::team}) {
      NetworkOptions options;
      options.agent = agent;
      const std::int64_t rows = options.agent == Agent::player ? players : 1;
      const Simulator simulator(preset_with("arena", players), {.matches = 333, .seed = 6});
      const at::Tensor mean = at::randn({2, 333, rows, 4 * players / rows}) * 2.0;
      const at::Tensor log_std = at::rand_like(mean) * 3.5 - 3.0;
      for (const Squash squash : {Squash::tanh, Squash::none}) {
        const ActionDistribution distribution{squash, mean, log_std};
        const SampledActions drawn = simulator.sample(drawing(simulator.rules(), options, distribution));
        const at::Tensor expected = sample(distribution, simulator.noise(slot_action_noise).view_as(mean));
        CHECK(drawn.action.sizes() == at::IntArrayRef({2, 333, players, 4}));
        CHECK(at::allclose(drawn.pre_squash.view_as(mean), expected, 1e-6, 1e-6));
        CHECK(at::allclose(drawn.action.view_as(mean), action_of(squash, expected), 1e-6, 1e-6));
        CHECK(at::allclose(drawn.log_prob.view({2, 333, rows, -1}).sum(-1),
                           log_prob(distribution, drawn.pre_squash.view_as(mean)).sum(-1), 1e-5, 1e-5));
      }
    }
}
