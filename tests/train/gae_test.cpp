// Advantages with a critic: generalised advantage estimation.
#include <cmath>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/lively_networks.h"
#include "tests/support/scenarios.h"
#include "train/returns.h"

using namespace matchday;

namespace {

at::Tensor never(std::int64_t steps, std::int64_t rows) { return at::zeros({steps, rows}, at::kBool); }

double number(const at::Tensor& tensor, std::int64_t t, std::int64_t x) { return tensor[t][x].item<double>(); }

/// The sum as in Schulman et al., term by term: (gamma lambda)^k times the TD error k steps later, within the match.
double written_out(const at::Tensor& reward, const at::Tensor& terminated, const at::Tensor& values, double gamma,
                   double lambda, std::int64_t t, std::int64_t x) {
  double sum = 0.0;
  for (std::int64_t k = t; k < reward.size(0); ++k) {
    const bool over = terminated[k][x].item<bool>();
    const double to_come = over ? 0.0 : number(values, k + 1, x);
    sum += std::pow(gamma * lambda, static_cast<double>(k - t)) *
           (number(reward, k, x) + gamma * to_come - number(values, k, x));
    if (over) break;
  }
  return sum;
}

/// A trajectory of a small network with this many sides, and random rewards and ends.
Trajectory random_trajectory(const NetworkShape& shape, std::int64_t steps, std::int64_t matches, std::int64_t sides) {
  return {at::randn({steps, sides, shape.rows, shape.inputs}),
          at::randn({steps, sides, shape.rows, shape.outputs}),
          at::randn({steps, sides, shape.rows}),
          at::randn({steps + 1, sides, shape.rows}),
          at::randn({steps, matches}),
          at::rand({steps, matches}) < 0.15,
          {},
          {}};
}

}  // namespace

TEST_CASE("advantages of a constant reward that a constant critic watches are a geometric series") {
  for (const double gamma : {0.5, 0.96, 1.0})
    for (const double lambda : {0.0, 0.9, 1.0})
      for (const std::int64_t end : {-1, 11, 4}) {
        constexpr std::int64_t steps = 12;
        const double reward = 0.7, value = 2.0;
        at::Tensor terminated = never(steps, 1);
        if (end >= 0) terminated[end][0] = true;
        const at::Tensor found = generalised_advantages(at::full({steps, 1}, reward, at::kFloat), terminated,
                                                        at::full({steps + 1, 1}, value, at::kFloat), gamma, lambda);
        const double surprise = reward + gamma * value - value, last_surprise = reward - value;
        const double decay = gamma * lambda;
        const auto series = [&](double n) { return decay == 1.0 ? n : (1.0 - std::pow(decay, n)) / (1.0 - decay); };
        for (std::int64_t t = 0; t < steps; ++t) {
          // A rollout's end is worth the critic's value; full time is worth nothing.
          const bool ends = t <= end;
          const auto n = static_cast<double>(ends ? end - t : steps - t);
          const double expected = surprise * series(n) + (ends ? std::pow(decay, n) * last_surprise : 0.0);
          INFO("gamma " << gamma << ", lambda " << lambda << ", end " << end << ", step " << t);
          CHECK(number(found, t, 0) == Approx(expected).epsilon(1e-4).margin(1e-5));
        }
      }
}

TEST_CASE("advantages are the sums of surprises within each match") {
  at::manual_seed(1);
  const at::Tensor reward = at::randn({15, 6}), values = at::randn({16, 6}) * 3.0;
  const at::Tensor terminated = at::rand({15, 6}) < 0.15;
  REQUIRE(terminated.any().item<bool>());
  for (const double gamma : {0.9, 1.0})
    for (const double lambda : {0.0, 0.6, 1.0}) {
      const at::Tensor found = generalised_advantages(reward, terminated, values, gamma, lambda);
      for (std::int64_t t = 0; t < 15; ++t)
        for (std::int64_t x = 0; x < 6; ++x)
          CHECK(number(found, t, x) ==
                Approx(written_out(reward, terminated, values, gamma, lambda, t, x)).epsilon(1e-4).margin(1e-4));
    }
}

TEST_CASE("lambda 0 looks one step ahead, and lambda 1 to the end") {
  at::manual_seed(2);
  const at::Tensor reward = at::randn({15, 6}), values = at::randn({16, 6});
  const at::Tensor terminated = at::rand({15, 6}) < 0.15;
  const at::Tensor now = values.slice(0, 0, 15), next = at::where(terminated, 0.0, values.slice(0, 1));
  CHECK(at::allclose(generalised_advantages(reward, terminated, values, 0.9, 0.0), reward + next * 0.9 - now, 1e-5,
                     1e-6));
  CHECK(at::allclose(generalised_advantages(reward, terminated, values, 0.9, 1.0),
                     discounted_returns(reward, terminated, 0.9, values[15]) - now, 1e-4, 1e-5));
}

TEST_CASE("what the critic says after a match's end, of the next match, changes nothing before it") {
  at::manual_seed(3);
  const at::Tensor reward = at::randn({10, 4});
  at::Tensor values = at::randn({11, 4});
  at::Tensor terminated = never(10, 4);
  terminated[6].fill_(true);
  const at::Tensor before = generalised_advantages(reward, terminated, values, 0.9, 0.8);
  values.slice(0, 7).add_(100.0);
  const at::Tensor after = generalised_advantages(reward, terminated, values, 0.9, 0.8);
  CHECK(at::equal(after.slice(0, 0, 7), before.slice(0, 0, 7)));
  CHECK_FALSE(at::equal(after.slice(0, 7), before.slice(0, 7)));
}

TEST_CASE("each side's rows learn from its own reward and from what the critic expects of each of them") {
  at::manual_seed(4);
  const Rules rules = preset_with("arena", 3);
  constexpr std::int64_t steps = 9, matches = 5;
  for (const Agent agent : {Agent::player, Agent::team})
    for (const Algorithm algorithm : {Algorithm::ppo, Algorithm::reinforce})
      for (const std::int64_t sides : {10, 7, 5}) {
        const NetworkShape shape = network_shape(rules, small_options(agent));
        const Trajectory trajectory = random_trajectory(shape, steps, matches, sides);
        TrainOptions options;
        options.algorithm = algorithm;
        options.baseline = Baseline::critic;
        options.normalise = Normalise::none;
        options.gamma = 0.9;
        options.lambda = 0.7;
        const Advantages found = advantages(trajectory, options);
        INFO(agent << ", " << algorithm << ", " << sides << " sides");
        REQUIRE(found.advantage.sizes() == at::IntArrayRef({steps, sides, shape.rows}));
        for (std::int64_t side = 0; side < sides; ++side)
          for (std::int64_t row = 0; row < shape.rows; ++row) {
            const at::Tensor values = trajectory.values.select(1, side).narrow(1, row, 1);
            // The remaining sides are B's in the first matches.
            const std::int64_t match = side % matches;
            const at::Tensor reward = trajectory.reward.narrow(1, match, 1) * (side < matches ? 1.0 : -1.0);
            const at::Tensor expected = generalised_advantages(reward, trajectory.terminated.narrow(1, match, 1),
                                                               values, 0.9, algorithm == Algorithm::ppo ? 0.7 : 1.0);
            const at::Tensor ours = found.advantage.select(1, side).select(1, row);
            CHECK(at::allclose(ours, expected.squeeze(1), 1e-4, 1e-5));
          }
        const at::Tensor expected_then = trajectory.values.slice(0, 0, steps);
        CHECK(at::allclose(found.target, found.advantage + expected_then, 1e-5, 1e-6));
        const at::Tensor unexplained = (found.target - expected_then).var() / found.target.var();
        CHECK(found.explained_variance.item<double>() == Approx(1.0 - unexplained.item<double>()).epsilon(1e-4));
        CHECK_FALSE(found.advantage.requires_grad());
        CHECK_FALSE(found.target.requires_grad());

        options.normalise = Normalise::batch;
        const Advantages scaled = advantages(trajectory, options);
        CHECK(at::allclose(scaled.advantage, found.advantage / found.advantage.std(), 1e-4, 1e-5));
        CHECK(same_bits(scaled.target, found.target));  // the critic learns unscaled returns
      }
}
