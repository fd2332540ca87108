// Training in shards: as long as an update is one step along the gradient, it is that of the whole batch.
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/complaint.h"
#include "tests/support/tiny_training.h"
#include "train/spread.h"

using namespace matchday;

namespace {

/// Runs in which the order of samples does not matter, as every update takes them all at once.
std::vector<Config> one_step_configs() {
  std::vector<Config> all;
  for (const Baseline baseline : {Baseline::none, Baseline::batch, Baseline::critic})
    for (const Normalise normalise : {Normalise::batch, Normalise::match}) {
      all.push_back(tiny_reinforce(baseline));
      all.back().train.normalise = normalise;
    }
  all.push_back(tiny());
  all.back().train.epochs = 1;
  all.back().train.minibatch = 0;
  all.back().train.minibatches = 1;
  all.push_back(all.back());
  all.back().train.teams = Teams::independent;
  return all;
}

std::vector<at::Tensor> gradients_of(const Trainer& trainer) {
  std::vector<at::Tensor> all;
  for (const Network& network : trainer.networks()) all.push_back(network.gradient.clone());
  return all;
}

}  // namespace

TEST_CASE("an update of several shards is that of the whole batch") {
  for (const Config& config : one_step_configs()) {
    INFO(name_of(config.train.algorithm) << ", baseline " << name_of(config.train.baseline) << ", normalised by "
                                         << name_of(config.train.normalise));
    Trainer whole(config, at::kCPU);
    const Metrics expected = whole.iterate(0.0);
    for (const std::int64_t shards : {2, 4, 8}) {
      INFO(shards << " shards");
      Trainer trainer(config, at::kCPU, make_network, Ranks(shards));
      const Metrics metrics = trainer.iterate(0.0);
      REQUIRE(metrics.size() == expected.size());
      for (std::size_t k = 0; k < metrics.size(); ++k) {
        INFO(metrics[k].first);
        CHECK(metrics[k].second == Approx(expected[k].second).epsilon(1e-4).margin(1e-5));
      }
      const std::vector<at::Tensor> gradients = gradients_of(trainer);
      const std::vector<at::Tensor> of_whole = gradients_of(whole);
      for (std::size_t k = 0; k < gradients.size(); ++k) {
        const double scale = of_whole[k].abs().max().item<double>();
        CHECK(scale > 0.0);
        CHECK(at::allclose(gradients[k], of_whole[k], 1e-3, 1e-5 * scale));
      }
    }
  }
}

TEST_CASE("one shard is training without shards") {
  Config config = tiny();
  config.train.pool_share = 0.25;
  config.train.pool_every = 1;
  Trainer one(config, at::kCPU);
  Trainer other(config, at::kCPU, make_network, Ranks(1));
  Trainer two(config, at::kCPU, make_network, Ranks(2));
  for (int k = 0; k < 3; ++k)
    for (Trainer* trainer : {&one, &other, &two}) trainer->iterate(0.0);
  CHECK(equal(weights_of(one), weights_of(other)));
  CHECK_FALSE(equal(weights_of(one), weights_of(two)));
}

TEST_CASE("a run in shards goes on from its state with the same bits") {
  Config config = tiny();
  config.train.matches = 16;
  config.train.pool_share = 0.5;
  config.train.pool_slots = 2;
  config.train.pool_every = 2;
  config.train.bot_share = 0.25;
  Trainer whole(config, at::kCPU, make_network, Ranks(4));
  for (int k = 0; k < 3; ++k) whole.iterate(0.0);
  Trainer resumed(config, at::kCPU, make_network, Ranks(4));
  resumed.restore(whole.state(), "here");
  for (Trainer* trainer : {&whole, &resumed})
    for (int k = 0; k < 3; ++k) trainer->iterate(0.0);
  CHECK(equal(weights_of(whole), weights_of(resumed)));
  CHECK(same_bits(whole.state().matches.bodies, resumed.state().matches.bodies));
  CHECK(same_bits(whole.state().order, resumed.state().order));
  CHECK(same_bits(whole.state().pool.results, resumed.state().pool.results));
}

TEST_CASE("shards spread together as their numbers in one tensor") {
  at::manual_seed(1);
  const at::Tensor numbers = at::randn({4, 50}) * 3.0 + at::arange(4).unsqueeze(1);
  const std::vector<at::Tensor> shards = numbers.unbind();
  CHECK(at::allclose(variance(shards, Ranks(4)), numbers.var(), 1e-6, 0.0));
  CHECK(at::allclose(deviation(shards, Ranks(4)), numbers.std(), 1e-6, 0.0));
}

TEST_CASE("matches that can't be shared out are refused") {
  CHECK(complaint([] { const Trainer trainer(tiny(), at::kCPU, make_network, Ranks(3)); }) ==
        "matches is 8, which can't be shared out evenly to 3 shards");
  CHECK_NOTHROW(Trainer(tiny(), at::kCPU, make_network, Ranks(8)));
}
