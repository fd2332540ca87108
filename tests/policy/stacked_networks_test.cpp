// Networks as values: independent copies, and several computed as one.
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/lively_networks.h"
#include "tests/support/scenarios.h"

using namespace matchday;

TEST_CASE("stacked networks compute what each of them computes alone") {
  at::manual_seed(1);
  const Rules rules = preset_with("arena", 2);
  for (NetworkOptions options : all_sorts())
    for (const std::size_t count : {1U, 3U}) {
      std::vector<Network> networks;
      for (std::size_t k = 0; k < count; ++k) networks.push_back(lively_network(rules, options, k));
      const Network all = stacked(networks);
      const auto p = static_cast<std::int64_t>(count);
      const at::Tensor observation = at::randn({p, 7, network_shape(rules, options).inputs});
      const ActionDistribution distribution = decide(all, observation);
      const at::Tensor expected = predict_values(all, observation);
      INFO(sort_text(options) << ", " << count << " networks");
      REQUIRE(distribution.mean.sizes() == at::IntArrayRef({p, 7, network_shape(rules, options).outputs}));
      REQUIRE(distribution.log_std.sizes() == distribution.mean.sizes());
      for (std::size_t k = 0; k < count; ++k) {
        const auto n = static_cast<std::int64_t>(k);
        const ActionDistribution alone = decide(networks[k], observation[n]);
        CHECK(distribution.squash == alone.squash);
        CHECK(at::allclose(distribution.mean[n], alone.mean, 1e-5, 1e-6));
        CHECK(at::allclose(distribution.log_std[n], alone.log_std, 1e-5, 1e-6));
        CHECK(at::allclose(expected[n], predict_values(networks[k], observation[n]), 1e-4, 1e-5));
      }
      if (count > 1) CHECK_FALSE(at::allclose(distribution.mean[0], distribution.mean[1], 0.1, 0.1));
    }
}

TEST_CASE("a snapshot stays as it was, and needs no gradient") {
  at::manual_seed(2);
  for (const NetworkOptions& options : all_sorts()) {
    const Network network = lively_network(arena(), options, 1);
    const Network copy = snapshot(network);
    const at::Tensor before = weights_in_a_row(copy);
    INFO(sort_text(options));
    REQUIRE(parameters(copy).size() == parameters(network).size());
    CHECK(same_bits(before, weights_in_a_row(network)));
    const at::NoGradGuard no_gradient;
    for (const NamedTensor& weights : parameters(network)) {
      CHECK(weights.tensor.requires_grad());
      weights.tensor.add_(1.0);
    }
    CHECK(same_bits(weights_in_a_row(copy), before));
    for (const NamedTensor& weights : parameters(copy)) CHECK_FALSE(weights.tensor.requires_grad());
    for (const NamedTensor& weights : parameters(stacked({copy, copy}))) CHECK_FALSE(weights.tensor.requires_grad());
  }
}

TEST_CASE("a network's copy on a device is ready to be trained by itself") {
  at::manual_seed(3);
  const Network network = snapshot(lively_network(arena(), small_options(), 1));
  const Network copy = on_device(network, at::kCPU);
  CHECK(same_bits(weights_in_a_row(copy), weights_in_a_row(network)));
  decide(copy, at::randn({3, network_shape(arena(), small_options()).inputs})).mean.sum().backward();
  CHECK(copy.mean.weight.grad().norm().item<double>() > 0.0);
  const at::NoGradGuard no_gradient;
  copy.mean.weight.add_(1.0);
  CHECK_FALSE(at::equal(copy.mean.weight, network.mean.weight));
}
