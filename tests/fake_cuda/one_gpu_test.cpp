// What the program makes of the one GPU that this device is.
#include "rules/presets.h"
#include "tests/catch.h"
#include "tests/complaint.h"
#include "tests/fake_cuda/device.h"
#include "tests/fake_cuda/memory.h"
#include "tests/random_samples.h"
#include "tests/tiny_training.h"
#include "train/device.h"

using namespace matchday;

TEST_CASE("there is no second GPU, and the first one multiplies bfloat16") {
  CHECK(complaint([] { find_device("cuda:1"); }) ==
        "device is cuda:1 but this machine has 1 CUDA device(s) that torch can use");
  CHECK(precision_of({}, find_device("cuda")) == at::kBFloat16);
}

TEST_CASE("an iteration of more matches has no more launches") {
  const auto launches = [](std::int64_t matches) {
    Config config = tiny();
    config.train.minibatch = 0;
    config.train.matches = matches;
    Trainer trainer(config, at::kCUDA);
    fake_cuda::device().launched.clear();
    trainer.iterate(0.0);
    std::int64_t count = 0;
    for (const auto& [name, launched] : fake_cuda::device().launched) count += launched.count;
    return count;
  };
  CHECK(launches(300) == launches(100));
}

TEST_CASE("a million rows at most go through the networks and back at a time") {
  const Rules rules = preset_with("arena", 1);
  const Network network = on_device(make_network(rules, small_options(), 1, at::kCPU), at::kCUDA);
  Workers workers;
  const auto taken = [&](std::int64_t rows) {
    const auto numbers = [&](std::int64_t width) {
      return at::zeros({rows, width}, at::TensorOptions(at::kCUDA).dtype(at::kFloat));
    };
    const NetworkShape shape = network_shape(rules, network.options);
    const Samples samples{numbers(shape.inputs), numbers(shape.outputs), numbers(1).flatten(), numbers(1).flatten(),
                          numbers(1).flatten()};
    const std::size_t before = fake_cuda::memory_use().live;
    fake_cuda::forget_peak();
    loss_gradient(network, samples, {}, loss_options(kernels::Gain::ppo, {}, 1.0), return_variance(samples), workers);
    return static_cast<double>(fake_cuda::memory_use().peak - before);
  };
  CHECK(taken(rows_of_piece_elsewhere + rows_of_piece_elsewhere / 4) < 1.05 * 8.0 * taken(rows_of_piece_elsewhere / 8));
}
