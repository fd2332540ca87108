// What the program makes of the one GPU that this device is.
#include "rules/presets.h"
#include "tests/fake_cuda/device.h"
#include "tests/fake_cuda/memory.h"
#include "tests/support/catch.h"
#include "tests/support/complaint.h"
#include "tests/support/random_samples.h"
#include "tests/support/tiny_training.h"
#include "train/device.h"
#include "train/gradient/pieces.h"

using namespace matchday;

namespace {

/// Launches of what a trainer of this config does.
template <class Work>
std::int64_t launches(const Config& config, const Work& work) {
  Trainer trainer(config, at::kCUDA);
  fake_cuda::device().launched.clear();
  work(trainer);
  std::int64_t count = 0;
  for (const auto& [name, launched] : fake_cuda::device().launched) count += launched.count;
  return count;
}

}  // namespace

TEST_CASE("there is no second GPU, and the first one multiplies bfloat16") {
  CHECK(complaint([] { find_device("cuda:1"); }) ==
        "device is cuda:1 but this machine has 1 CUDA device(s) that torch can use");
  CHECK(precision_of({}, find_device("cuda")) == at::kBFloat16);
}

TEST_CASE("an iteration of more matches has no more launches") {
  const auto of_matches = [](std::int64_t matches) {
    Config config = tiny();
    config.train.minibatch = 0;
    config.train.matches = matches;
    return launches(config, [](Trainer& trainer) { trainer.iterate(0.0); });
  };
  CHECK(of_matches(300) == of_matches(100));
}

TEST_CASE("every launch of an iteration has the name of an operator, ours too, and moves bytes") {
  Config config = tiny();
  config.train.matches = 64;
  config.train.bot_share = 0.3;
  Trainer trainer(config, at::kCUDA);
  fake_cuda::device().launched.clear();
  trainer.iterate(0.0);
  const auto& launched = fake_cuda::device().launched;
  CHECK(launched.count("") == 0);
  for (const char* name : {"matchday::rollout_step_", "matchday::observe_players", "matchday::discounted_returns",
                           "matchday::network_forward", "matchday::network_gradient", "matchday::adam_step"}) {
    INFO(name);
    REQUIRE(launched.count(name) == 1);
    CHECK(launched.at(name).bytes > 0.0);
  }
}

TEST_CASE("a rollout's step is at most five launches, and an optimiser's six") {
  const auto of = [](std::int64_t steps, std::int64_t minibatches, bool whole) {
    Config config = tiny();
    config.train.matches = 64;
    config.train.bot_share = 0.3;
    config.train.pool_share = 0.3;
    config.train.teacher = "role";
    config.train.rollout_steps = steps;
    config.train.minibatch = 0;
    config.train.minibatches = minibatches;
    return launches(config, [=](Trainer& trainer) {
      if (whole)
        trainer.iterate(0.0);
      else
        trainer.collect(0.0);
    });
  };
  CHECK(of(8, 1, false) - of(4, 1, false) == 4 * 5);
  const std::int64_t epochs = tiny().train.epochs;
  CHECK(of(8, 5, true) - of(8, 2, true) == 3 * 6 * epochs);
}

TEST_CASE("all bots of a rollout's step are one launch") {
  const auto with_bots = [](double bot_share) {
    Config config = tiny();
    config.train.matches = 64;
    config.train.bot_share = bot_share;
    return launches(config, [](Trainer& trainer) { trainer.collect(0.0); });
  };
  CHECK(with_bots(0.3) == with_bots(0.0) + rollout_steps(tiny()));
}

TEST_CASE(
    "with torch's products a million rows at most go through the networks and back at a time, and all of them count") {
  const Rules rules = preset_with("arena", 1);
  const Network network = on_device(make_network(rules, small_options(), 1, at::kCPU), at::kCUDA);
  ThreadPool thread_pool;
  // Of rows that are all the same: what memory it takes, and the gradient of their mean loss.
  const auto gradient = [&](std::int64_t rows) {
    const auto numbers = [&](std::int64_t width) {
      return at::full({rows, width}, 0.5, at::TensorOptions(at::kCUDA).dtype(at::kFloat));
    };
    const NetworkShape shape = network_shape(rules, network.options);
    const Samples samples{numbers(shape.inputs), numbers(shape.outputs), numbers(1).flatten(), numbers(1).flatten(),
                          numbers(1).flatten()};
    const std::size_t before = fake_cuda::memory_use().live;
    fake_cuda::forget_peak();
    loss_gradient(network, samples, {},
                  loss_options(kernels::PolicyObjective::reinforce, {}, 1.0 / static_cast<double>(rows)),
                  at::ones({}, network.flat.options()), thread_pool, {at::kFloat, Differentiation::matmul});
    return std::pair(static_cast<double>(fake_cuda::memory_use().peak - before), network.gradient.cpu().clone());
  };
  const auto [of_few, expected] = gradient(rows_of_piece_on_gpu / 8);
  const auto [of_more, found] = gradient(rows_of_piece_on_gpu + rows_of_piece_on_gpu / 4);
  CHECK(of_more < 1.05 * 8.0 * of_few);
  CHECK(relative_distance(found, expected) < 1e-2);
}
