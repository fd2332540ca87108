#include "train/returns.h"

#include <ATen/core/dispatch/Dispatcher.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "tests/support/catch.h"
#include "tests/support/scenarios.h"

using namespace matchday;

namespace {

auto returns_op() {
  return c10::Dispatcher::singleton()
      .findSchemaOrThrow("matchday::discounted_returns", "")
      .typed<at::Tensor(const at::Tensor&, const at::Tensor&, const at::Tensor&, double)>();
}

/// The operator as a device without our kernel runs it: in ATen operations, here on CPU tensors.
at::Tensor returns_without_kernel(const at::Tensor& reward, const at::Tensor& terminated, const at::Tensor& after,
                                  double gamma) {
  return returns_op().redispatch(c10::DispatchKeySet(c10::DispatchKey::MPS), reward, terminated, after, gamma);
}

at::Tensor never(std::int64_t steps, std::int64_t matches) { return at::zeros({steps, matches}, at::kBool); }

/// The definition, in double: the sum of gamma^(k - t) reward[k] up to the match's end, and of its terms' sizes.
struct DirectSum {
  double sum = 0.0;
  double of_sizes = 0.0;
};

DirectSum direct_sum(const at::Tensor& reward, const at::Tensor& terminated, const at::Tensor& after, double gamma,
                     std::int64_t t, std::int64_t b) {
  const auto rewards = reward.accessor<float, 2>();
  const auto ends = terminated.accessor<bool, 2>();
  DirectSum direct;
  double weight = 1.0;
  const auto add = [&](double number) {
    direct.sum += weight * number;
    direct.of_sizes += weight * std::abs(number);
    weight *= gamma;
  };
  for (std::int64_t k = t; k < reward.size(0); ++k) {
    add(rewards[k][b]);
    if (ends[k][b]) return direct;
  }
  add(after.accessor<float, 1>()[b]);
  return direct;
}

/// The first return that differs from its definition, as text, or "".
std::string wrong_return(const at::Tensor& reward, const at::Tensor& terminated, const at::Tensor& after,
                         double gamma) {
  const at::Tensor returns = returns_op().call(reward, terminated, after, gamma);
  REQUIRE(returns.sizes() == reward.sizes());
  for (std::int64_t t = 0; t < reward.size(0); ++t)
    for (std::int64_t b = 0; b < reward.size(1); ++b) {
      // gamma is rounded to float32, as the kernel's is.
      const DirectSum direct = direct_sum(reward, terminated, after, static_cast<float>(gamma), t, b);
      const double ours = returns.accessor<float, 2>()[t][b];
      if (!(std::abs(ours - direct.sum) <= 1e-6 * direct.of_sizes))
        return "step " + std::to_string(t) + ", match " + std::to_string(b) + ": " + std::to_string(ours) +
               ", and by definition " + std::to_string(direct.sum);
    }
  return "";
}

/// Random match ends, about one in ten steps.
at::Tensor strewn_ends(std::int64_t steps, std::int64_t matches) { return at::rand({steps, matches}) < 0.1; }

}  // namespace

TEST_CASE("the returns of a constant reward are the geometric series") {
  for (const std::int64_t steps : {1, 2, 180, 2000})
    for (const double gamma : {0.0, 0.5, 0.9, 0.99, 1.0}) {
      const at::Tensor returns = discounted_returns(at::ones({steps, 3}), never(steps, 3), gamma);
      const double g = static_cast<float>(gamma);  // as in the kernel
      const at::Tensor to_go = steps - at::arange(steps, at::kDouble);
      const at::Tensor series = g == 1.0 ? to_go : (1.0 - at::pow(g, to_go)) / (1.0 - g);
      INFO(steps << " steps, gamma " << gamma);
      CHECK(at::allclose(returns.to(at::kDouble), series.unsqueeze(1).expand({steps, 3}), 5e-6, 0.0));
    }
}

TEST_CASE("returns are the discounted sums of the rewards up to each match's end") {
  at::manual_seed(1);
  for (const std::int64_t steps : {1, 2, 7, 180})
    for (const std::int64_t matches : {1, 3, 17, 64})
      for (const double gamma : {0.0, 0.5, 0.99, 1.0}) {
        const at::Tensor reward = at::randn({steps, matches});
        const at::Tensor after = at::randn({matches});
        INFO(steps << " steps, " << matches << " matches, gamma " << gamma);
        CHECK(wrong_return(reward, never(steps, matches), after, gamma) == "");
        CHECK(wrong_return(reward, strewn_ends(steps, matches), after, gamma) == "");
        CHECK(wrong_return(reward, never(steps, matches).fill_(true), after, gamma) == "");
      }
}

TEST_CASE("returns of long matches lose nothing to underflow") {
  at::manual_seed(2);
  const at::Tensor reward = at::randn({2000, 3});
  for (const double gamma : {0.5, 0.9, 1.0}) {
    INFO("gamma " << gamma);
    CHECK(wrong_return(reward, never(2000, 3), at::zeros({3}), gamma) == "");
  }
}

TEST_CASE("what comes after the last step counts unless the match has ended") {
  const at::Tensor reward = at::zeros({4, 2});
  at::Tensor terminated = never(4, 2);
  terminated[1][1] = true;
  const at::Tensor returns = returns_op().call(reward, terminated, at::full({2}, 8.0F), 0.5);
  CHECK(at::equal(returns, at::tensor({0.5F, 0.0F, 1.0F, 0.0F, 2.0F, 2.0F, 4.0F, 4.0F}).view({4, 2})));
  CHECK(at::equal(discounted_returns(reward, terminated, 0.5), reward));
}

TEST_CASE("the kernel has the bits of the plain operations") {
  at::manual_seed(3);
  for (const std::int64_t steps : {1, 2, 180})
    for (const std::int64_t matches : {1, 5, 64, 131})
      for (const double gamma : {0.0, 0.3, 0.99, 1.0}) {
        at::Tensor reward = at::randn({matches, steps}).t();  // not contiguous
        reward[0][0] = std::numeric_limits<float>::infinity();
        reward[steps - 1][matches - 1] = 1e-42F;  // a denormal number
        const at::Tensor terminated = strewn_ends(matches, steps).t();
        const at::Tensor after = at::randn({2 * matches}).slice(0, 0, at::nullopt, 2);
        INFO(steps << " steps, " << matches << " matches, gamma " << gamma);
        CHECK(same_bits(returns_op().call(reward, terminated, after, gamma),
                        returns_without_kernel(reward, terminated, after, gamma)));
      }
}

TEST_CASE("the op tells its shape without computing, as compilers need it") {
  const at::TensorOptions nowhere = at::TensorOptions(at::kMeta);
  const at::Tensor returns = returns_op().call(at::empty({9, 5}, nowhere), at::empty({9, 5}, nowhere.dtype(at::kBool)),
                                               at::empty({5}, nowhere), 0.9);
  CHECK(returns.is_meta());
  CHECK(returns.sizes() == at::IntArrayRef({9, 5}));
}

TEST_CASE("the op refuses tensors that do not fit, on every backend") {
  const at::Tensor reward = at::ones({4, 3});
  const at::Tensor ends = never(4, 3);
  const at::Tensor after = at::zeros({3});
  for (const auto& op :
       {+[](const at::Tensor&r, const at::Tensor&e, const at::Tensor&a) { return returns_op().call(r, e, a, 0.9); },
        +[](const at::Tensor&r, const at::Tensor&e, const at::Tensor&a) {
          return returns_without_kernel(r, e, a, 0.9);
        }}) {
    CHECK_NOTHROW(op(reward, ends, after));
    CHECK_THROWS_AS(op(reward.flatten(), ends, after), c10::Error);
    CHECK_THROWS_AS(op(reward.to(at::kDouble), ends, after), c10::Error);
    CHECK_THROWS_AS(op(reward, ends.to(at::kFloat), after), c10::Error);
    CHECK_THROWS_AS(op(reward, never(3, 4), after), c10::Error);
    CHECK_THROWS_AS(op(reward, ends, at::zeros({4})), c10::Error);
    CHECK_THROWS_AS(op(reward, ends, at::zeros({3, 1})), c10::Error);
    CHECK_THROWS_AS(op(reward, ends, after.to(at::kDouble)), c10::Error);
    CHECK_THROWS_AS(op(reward, ends, at::zeros({3}, at::kMeta)), c10::Error);
  }
}

TEST_CASE("the baseline of a match is the mean of the others at the same step") {
  at::manual_seed(4);
  const at::Tensor returns = at::randn({6, 5}, at::kDouble) + 3.0;
  const at::Tensor less = less_batch_baseline(returns);
  for (std::int64_t b = 0; b < 5; ++b) {
    const at::Tensor others = at::cat({returns.slice(1, 0, b), returns.slice(1, b + 1)}, 1);
    CHECK(at::allclose(less.select(1, b), returns.select(1, b) - others.mean(1), 1e-12, 1e-12));
  }
  // So it does not depend on the match's own return: only then is the gradient unbiased.
  at::Tensor richer = returns.clone();
  richer.select(1, 2) += 100.0;
  const at::Tensor baseline = (returns - less).select(1, 2);
  CHECK(at::allclose((richer - less_batch_baseline(richer)).select(1, 2), baseline, 0.0, 1e-10));

  const at::Tensor alone = at::randn({6, 1});
  CHECK(at::equal(less_batch_baseline(alone), alone));
}

TEST_CASE("normalising by match gives each match mean 0 and sample deviation 1 over time") {
  at::manual_seed(5);
  const at::Tensor returns = at::randn({50, 4}, at::kDouble) * at::tensor({0.1, 1.0, 5.0, 30.0}) + 7.0;
  const at::Tensor normalised = normalised_by_match(returns);
  for (std::int64_t b = 0; b < 4; ++b) {
    const at::Tensor own = returns.select(1, b);
    const at::Tensor mean = own.sum() / 50.0;
    const at::Tensor deviation = ((own - mean).square().sum() / 49.0).sqrt();
    CHECK(at::allclose(normalised.select(1, b), (own - mean) / deviation, 1e-7, 1e-7));
  }
  CHECK(at::equal(normalised_by_match(at::zeros({9, 2})), at::zeros({9, 2})));  // nothing happened: no advantage
}

TEST_CASE("normalising by batch divides all returns by one deviation and keeps their signs") {
  at::manual_seed(6);
  const at::Tensor returns = at::randn({50, 4}, at::kDouble) * 3.0 + 7.0;
  const at::Tensor deviation = ((returns - returns.mean()).square().sum() / 199.0).sqrt();
  CHECK(at::allclose(normalised_by_batch(returns), returns / deviation, 1e-7, 0.0));
  CHECK(at::equal(normalised_by_batch(at::zeros({9, 2})), at::zeros({9, 2})));
}

TEST_CASE("a number of each match is A's, and B's is its negative") {
  const at::Tensor of_matches = at::tensor({1.0F, 2.0F, 3.0F, 0.0F, -5.0F, 6.0F}).view({2, 3});
  const auto sides = [](const std::vector<float>& numbers) { return at::tensor(numbers).view({2, -1}); };
  CHECK(at::equal(zero_sum(of_matches, 3), of_matches));
  CHECK(at::equal(zero_sum(of_matches, 4), sides({1, 2, 3, -1, 0, -5, 6, 0})));
  CHECK(at::equal(zero_sum(of_matches, 6), sides({1, 2, 3, -1, -2, -3, 0, -5, 6, 0, 5, -6})));
}

TEST_CASE("advantages without a critic are what the options say, the teams' opposite and all rows' the same") {
  at::manual_seed(7);
  for (const std::int64_t sides : {12, 8, 6}) {
    Trajectory trajectory;
    trajectory.reward = at::randn({20, 6});
    trajectory.terminated = never(20, 6);
    trajectory.terminated[19].fill_(true);
    trajectory.log_prob = at::zeros({20, sides, 3});
    const at::Tensor returns = discounted_returns(trajectory.reward, trajectory.terminated, 0.9);
    const auto with = [&](Baseline baseline, Normalise normalise) {
      TrainOptions options;
      options.algorithm = Algorithm::reinforce;
      options.gamma = 0.9;
      options.baseline = baseline;
      options.normalise = normalise;
      const Advantages found = advantages(trajectory, options);
      CHECK_FALSE(found.target.defined());
      CHECK_FALSE(found.explained_variance.defined());
      const at::Tensor all = found.advantage;
      REQUIRE(all.sizes() == at::IntArrayRef({20, sides, 3}));
      CHECK(at::equal(all.select(2, 1), all.select(2, 0)));
      CHECK(at::equal(all.select(2, 2), all.select(2, 0)));
      CHECK(at::equal(all.slice(1, 6), -all.slice(1, 0, sides - 6)));
      return all.slice(1, 0, 6).select(2, 0);
    };
    // The batch's deviation is over all sides' rows.
    const auto scaled = [&](const at::Tensor& own) {
      const at::Tensor all = at::cat({own, -own.slice(1, 0, sides - 6)}, 1).unsqueeze(2).expand({20, sides, 3});
      return own / all.std();
    };
    const at::Tensor less = less_batch_baseline(returns);
    INFO(sides << " sides");
    CHECK(at::equal(with(Baseline::none, Normalise::none), returns));
    CHECK(at::equal(with(Baseline::batch, Normalise::none), less));
    CHECK(at::equal(with(Baseline::none, Normalise::match), normalised_by_match(returns)));
    CHECK(at::equal(with(Baseline::batch, Normalise::match), normalised_by_match(less)));
    CHECK(at::allclose(with(Baseline::none, Normalise::batch), scaled(returns), 1e-5, 1e-6));
    CHECK(at::allclose(with(Baseline::batch, Normalise::batch), scaled(less), 1e-5, 1e-6));
  }
}
