// NaN and infinity in weights and gradients never train a network.
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/tiny_training.h"

using namespace matchday;

namespace {

/// The trainer's own tensor of that name.
at::Tensor parameter_of(const Trainer& trainer, const std::string& name) {
  for (const NamedTensor& parameter : parameters(trainer.networks()[0]))
    if (parameter.name == name) return parameter.tensor;
  throw std::logic_error("no parameter " + name);
}

}  // namespace

TEST_CASE("bad numbers in a network are counted and never train it, and without them it learns on") {
  for (const Config& config : {tiny(), tiny_reinforce(Baseline::batch)}) {
    Trainer trainer(config, at::kCPU);
    trainer.iterate(0.0);
    CHECK(trainer.bad_tensor() == "");
    const at::Tensor first = parameter_of(trainer, "shared_layers.0.weight");
    const at::Tensor good = first.detach().clone();
    const auto fill = [&](const at::Tensor& numbers) {
      const at::NoGradGuard no_gradient;
      first.copy_(numbers);
    };
    fill(at::full_like(good, std::numeric_limits<float>::quiet_NaN()));
    const std::vector<at::Tensor> before = weights_of(trainer);
    const Metrics metrics = trainer.iterate(0.0);
    const bool ppo = config.train.algorithm == Algorithm::ppo;
    INFO(config.train.algorithm);
    CHECK(metric(metrics, "bad_actions") == (ppo ? 5.0 : 12.0) * 8 * 10 * 4);
    CHECK(metric(metrics, "skipped_updates") == (ppo ? 3.0 : 1.0));
    CHECK(trainer.bad_tensor() == "shared_layers.0.weight");
    CHECK(equal(before, weights_of(trainer)));

    fill(good);
    const Metrics afterwards = trainer.iterate(0.0);
    CHECK(metric(afterwards, "skipped_updates") == metric(metrics, "skipped_updates"));
    CHECK(std::isfinite(metric(afterwards, "loss")));
    CHECK(metric(afterwards, "gradient_norm") > 0.0);
    CHECK_FALSE(same_bits(first.detach(), good));
    for (const at::Tensor& weights : weights_of(trainer)) CHECK(weights.isfinite().all().item<bool>());
  }
}
