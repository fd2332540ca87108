#include "policy/noise.h"

#include <vector>

#include "rules/presets.h"
#include "rules/randomness.h"
#include "tests/catch.h"
#include "tests/scenarios.h"

using namespace matchday;

namespace {

double average(const at::Tensor& numbers) { return numbers.to(at::kDouble).mean().item<double>(); }

void play_a_step(Simulator& simulator) {
  simulator.step(at::zeros({2, simulator.matches(), simulator.rules().players, 4}));
}

}  // namespace

TEST_CASE("noise is standard normal and its components are independent") {
  const Simulator simulator(arena(), {.matches = 40000, .seed = 5});
  const at::Tensor noise = action_noise(simulator, slot_action_noise);
  REQUIRE(noise.sizes() == at::IntArrayRef({2, 40000, 5, 4}));
  REQUIRE(noise.isfinite().all().item<bool>());
  // Of 1.6 million numbers the moments' standard errors are 0.0008, 0.0011, 0.003 and 0.008.
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
      CHECK(average(a.square() * b.square()) == Approx(1.0).margin(0.03));  // nor do their sizes know of each other
    }
}

TEST_CASE("a match's noise does not depend on the batch") {
  Simulator together(arena(), {.matches = 67, .seed = 5});
  play_a_step(together);
  const at::Tensor batch = action_noise(together, slot_action_noise);
  for (const std::int64_t b : {0, 1, 7, 64, 66}) {
    Simulator alone(arena(), {.matches = 1, .seed = 5, .first_match = b});
    play_a_step(alone);
    INFO("match " << b);
    CHECK(same_bits(batch.narrow(1, b, 1), action_noise(alone, slot_action_noise)));
  }
}

TEST_CASE("noise differs between players, teams, matches, steps, episodes, purposes and seeds") {
  Simulator simulator(arena(), {.matches = 3, .seed = 5});
  Simulator other_seed(arena(), {.matches = 3, .seed = 6});
  std::vector<at::Tensor> all{action_noise(simulator, slot_action_noise), action_noise(simulator, slot_bot),
                              action_noise(other_seed, slot_action_noise)};
  CHECK(same_bits(all[0], action_noise(simulator, slot_action_noise)));  // asking changes nothing
  play_a_step(simulator);
  all.push_back(action_noise(simulator, slot_action_noise));
  simulator.reset();
  all.push_back(action_noise(simulator, slot_action_noise));
  play_a_step(simulator);
  all.push_back(action_noise(simulator, slot_action_noise));

  // Every one of all these numbers is another one.
  const at::Tensor numbers = at::stack(all).flatten();
  const at::Tensor distinct = std::get<0>(at::unique_consecutive(std::get<0>(numbers.sort())));
  CHECK(distinct.numel() == numbers.numel());
}
