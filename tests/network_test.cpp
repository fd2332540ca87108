#include "policy/network.h"

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "rules/observation.h"
#include "tests/catch.h"
#include "tests/scenarios.h"

using namespace matchday;

namespace {

NetworkOptions footyai_head() {
  NetworkOptions options;
  options.head = "footyai";
  return options;
}

TeamNetwork network_of(const NetworkOptions& options, std::uint64_t seed = 1) {
  return make_network(arena(), options, seed, at::kCPU);
}

std::map<std::string, at::Tensor> weights_of(const TeamNetwork& network) {
  std::map<std::string, at::Tensor> weights;
  for (const auto& parameter : network->named_parameters()) weights[parameter.key()] = parameter.value().detach();
  return weights;
}

at::Tensor observations(std::int64_t rows) { return at::randn({rows, observation_size(arena())}); }

bool is_weight_of_layer(const std::string& name) { return name.find(".weight") != std::string::npos; }

}  // namespace

TEST_CASE("a network has an output for each component of each player's action") {
  at::manual_seed(1);
  for (const Preset& preset : presets)
    for (int players = 1; players <= max_players; ++players) {
      const Rules rules = preset_with(preset.name, players);
      NetworkOptions options = preset.name == "arena" ? NetworkOptions() : footyai_head();
      options.hidden = {8};
      TeamNetwork network = make_network(rules, options, 1, at::kCPU);
      const at::Tensor observation = at::randn({3, 2, 7, observation_size(rules)});
      const ActionDistribution distribution = network->forward(observation);
      INFO(preset.name << ", " << players << " players");
      CHECK(distribution.mean.sizes() == at::IntArrayRef({3, 2, 7, 4 * players}));
      CHECK(distribution.log_std.sizes() == distribution.mean.sizes());
      CHECK((distribution.squash == Squash::none) == (options.head == "footyai"));
      // Each row is decided on its own.
      CHECK(at::allclose(network->forward(observation[1][0][2]).mean, distribution.mean[1][0][2], 1e-4, 1e-5));
    }
}

TEST_CASE("the network's parameters bear the names of FootyAI's") {
  std::vector<std::string> names;
  for (const auto& [name, weights] : weights_of(network_of(footyai_head()))) names.push_back(name);
  CHECK(names == std::vector<std::string>{"fc_log_sigma.bias", "fc_log_sigma.weight", "fc_mu.bias", "fc_mu.weight",
                                          "shared_layers.0.bias", "shared_layers.0.weight", "shared_layers.2.bias",
                                          "shared_layers.2.weight", "shared_layers.4.bias", "shared_layers.4.weight",
                                          "shared_layers.6.bias", "shared_layers.6.weight"});
  NetworkOptions options;
  options.hidden = {12, 7};
  const auto weights = weights_of(network_of(options));
  CHECK(weights.size() == 8);
  CHECK(weights.at("shared_layers.0.weight").sizes() == at::IntArrayRef({12, observation_size(arena())}));
  CHECK(weights.at("shared_layers.2.weight").sizes() == at::IntArrayRef({7, 12}));
  CHECK(weights.at("fc_mu.weight").sizes() == at::IntArrayRef({20, 7}));
}

TEST_CASE("the network computes layers of weights, biases and ReLU") {
  at::manual_seed(2);
  const at::Tensor x = observations(9);
  for (const bool footyai : {true, false}) {
    NetworkOptions options = footyai ? footyai_head() : NetworkOptions();
    options.hidden = {16, 8};
    TeamNetwork network = network_of(options);
    const auto w = weights_of(network);
    for (const auto& [name, weights] : w) at::Tensor(weights).normal_(0.0, 0.5);
    const auto layer = [&](const std::string& name, const at::Tensor& in) {
      return in.matmul(w.at(name + ".weight").t()) + w.at(name + ".bias");
    };
    const auto relu = [](const at::Tensor& in) { return at::where(in > 0.0, in, 0.0); };
    const at::Tensor features = relu(layer("shared_layers.2", relu(layer("shared_layers.0", x))));
    const at::Tensor mu = layer("fc_mu", features);
    const at::Tensor s = layer("fc_log_sigma", features);
    const ActionDistribution distribution = network->forward(x);
    // FootyAI squashes the mean and cuts log sigma off; matchday squashes the sample and bounds log sigma smoothly.
    CHECK(at::allclose(distribution.mean, footyai ? mu.tanh() : mu, 1e-4, 1e-5));
    CHECK(
        at::allclose(distribution.log_std, footyai ? s.clamp(-20.0, 2.0) : 3.5 / (1.0 + (-s).exp()) - 3.0, 1e-4, 1e-5));
  }
}

TEST_CASE("log sigma starts where the options say and never leaves its bounds") {
  at::manual_seed(3);
  NetworkOptions options;
  options.log_std_lowest = -2.0;
  options.log_std_start = -1.5;
  options.log_std_highest = 0.25;
  TeamNetwork network = network_of(options);
  const at::NoGradGuard no_gradient;
  CHECK((network->forward(observations(50) * 0.0).log_std + 1.5).abs().max().item<double>() < 1e-6);
  CHECK((network->forward(observations(50)).log_std + 1.5).abs().max().item<double>() < 0.1);
  for (const double size : {1e3, 1e6, 1e30}) {
    const at::Tensor log_std = network->forward(observations(50) * size).log_std;
    INFO("observations of size " << size);
    CHECK(log_std.min().item<double>() >= -2.0);
    CHECK(log_std.max().item<double>() <= 0.25);
    CHECK(log_std.isfinite().all().item<bool>());
  }
}

TEST_CASE("FootyAI's head keeps the mean within one and cuts log sigma off at -20 and 2") {
  at::manual_seed(4);
  TeamNetwork network = network_of(footyai_head());
  const at::NoGradGuard no_gradient;
  const ActionDistribution distribution = network->forward(observations(200) * 1e4);
  CHECK(distribution.mean.abs().max().item<double>() <= 1.0);
  CHECK(distribution.log_std.min().item<double>() == -20.0);
  CHECK(distribution.log_std.max().item<double>() == 2.0);
}

TEST_CASE("FootyAI's weights start as the original's: Xavier-uniform, with its biases") {
  for (const auto& [name, weights] : weights_of(network_of(footyai_head()))) {
    INFO(name);
    if (is_weight_of_layer(name)) {
      const double bound = std::sqrt(6.0 / static_cast<double>(weights.size(0) + weights.size(1)));
      CHECK(weights.abs().max().item<double>() <= bound);
      CHECK(weights.abs().max().item<double>() > 0.99 * bound);
      CHECK(weights.mean().item<double>() == Approx(0.0).margin(0.05 * bound));
      CHECK(weights.var().item<double>() == Approx(bound * bound / 3.0).epsilon(0.05));
    } else {
      const float bias = name == "fc_mu.bias" ? 0.0F : name == "fc_log_sigma.bias" ? -1.0F : 0.01F;
      CHECK(at::equal(weights, at::full_like(weights, bias)));
    }
  }
}

TEST_CASE("matchday's weights start orthogonal, and an untrained team stands in the middle of its actions") {
  at::manual_seed(5);
  TeamNetwork network = network_of(NetworkOptions());
  for (const auto& [name, weights] : weights_of(network)) {
    if (!is_weight_of_layer(name)) continue;
    // Of the rows or of the columns, whichever are fewer: lengths equal to the gain, all right angles.
    const at::Tensor wide = weights.size(0) <= weights.size(1) ? weights : weights.t();
    const double gain = name.starts_with("fc_") ? 0.01 : std::sqrt(2.0);
    INFO(name);
    CHECK(at::allclose(wide.matmul(wide.t()) / (gain * gain), at::eye(wide.size(0)), 1e-4, 1e-4));
  }
  const at::NoGradGuard no_gradient;
  CHECK(network->forward(observations(500)).mean.abs().max().item<double>() < 0.2);
}

TEST_CASE("weights follow from the seed alone") {
  for (const NetworkOptions& options : {NetworkOptions(), footyai_head()}) {
    const auto once = weights_of(network_of(options, 7));
    at::rand({123});  // whatever was drawn in between
    const auto again = weights_of(network_of(options, 7));
    const auto other = weights_of(network_of(options, 8));
    for (const auto& [name, weights] : once) {
      INFO(name);
      CHECK(same_bits(weights, again.at(name)));
      if (is_weight_of_layer(name)) CHECK_FALSE(at::equal(weights, other.at(name)));
    }
  }
}
