#include "policy/network.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "rules/observation.h"
#include "tests/support/catch.h"
#include "tests/support/lively_networks.h"
#include "tests/support/scenarios.h"

using namespace matchday;

namespace {

NetworkOptions footyai_head() {
  NetworkOptions options;
  options.agent = Agent::team;
  options.head = Head::footyai;
  options.sigma = Sigma::network;
  options.initialisation = Initialisation::xavier;
  options.hidden = {128, 128, 128, 128};
  options.critic_hidden = {};
  return options;
}

/// Every sort, with either initialisation.
std::vector<NetworkOptions> all_initialised() {
  std::vector<NetworkOptions> all;
  for (NetworkOptions options : all_sorts())
    for (const Initialisation initialisation : {Initialisation::orthogonal, Initialisation::xavier}) {
      options.initialisation = initialisation;
      all.push_back(options);
    }
  return all;
}

std::string text(const NetworkOptions& options) {
  return fmt::format("{}, {}", sort_text(options), name_of(options.initialisation));
}

Network network_of(const NetworkOptions& options, std::uint64_t seed = 1) {
  return make_network(arena(), options, seed, at::kCPU);
}

std::map<std::string, at::Tensor> weights_of(const Network& network) {
  std::map<std::string, at::Tensor> weights;
  for (const NamedTensor& parameter : parameters(network)) weights[parameter.name] = parameter.tensor.detach();
  return weights;
}

std::vector<std::string> names_of(const Network& network) {
  std::vector<std::string> names;
  for (const auto& [name, weights] : weights_of(network)) names.push_back(name);
  return names;
}

/// Weights that no initialisation would give.
void make_lively(const Network& network) {
  for (const auto& [name, weights] : weights_of(network)) at::Tensor(weights).normal_(0.0, 0.5);
}

at::Tensor observations(const NetworkOptions& options, std::int64_t rows) {
  return at::randn({rows, network_shape(arena(), options).inputs});
}

bool is_weight_of_layer(const std::string& name) { return name.find(".weight") != std::string::npos; }

/// A layer, computed by its definition.
at::Tensor layer(const std::map<std::string, at::Tensor>& w, const std::string& name, const at::Tensor& in) {
  return in.matmul(w.at(name + ".weight").t()) + w.at(name + ".bias");
}

at::Tensor rectified(const at::Tensor& in) { return at::where(in > 0.0, in, 0.0); }

/// Mean 0 and variance 1 within each row.
at::Tensor normalised(const at::Tensor& in) {
  const at::Tensor centred = in - in.mean(-1, true);
  return centred / (centred.square().mean(-1, true) + 1e-5).sqrt();
}

/// The trunk's features of observations, computed by their definition.
at::Tensor features(const std::map<std::string, at::Tensor>& w, const std::string& prefix, Trunk trunk,
                    std::size_t widths, const at::Tensor& observation) {
  const auto apply = [&](std::size_t k, const at::Tensor& in) {
    return layer(w, prefix + "." + std::to_string(2 * k), in);
  };
  at::Tensor x = apply(0, observation);
  if (trunk == Trunk::mlp) {
    for (std::size_t k = 1; k < widths; ++k) x = apply(k, rectified(x));
    return rectified(x);
  }
  for (std::size_t block = 1; block < widths; ++block)
    x = x + apply(2 * block, rectified(apply(2 * block - 1, normalised(x))));
  return rectified(normalised(x));
}

}  // namespace

TEST_CASE("a network has an output for each component of each action that it decides") {
  at::manual_seed(1);
  for (const Preset& preset : presets)
    for (int players = 1; players <= max_players; ++players)
      for (const Agent agent : {Agent::player, Agent::team}) {
        const Rules rules = preset_with(preset.name, players);
        NetworkOptions options = preset.name == "arena" ? NetworkOptions() : footyai_head();
        options.hidden = {8};
        options.agent = agent;
        const bool player = options.agent == Agent::player;
        const NetworkShape shape = network_shape(rules, options);
        CHECK(shape.rows == (player ? players : 1));
        CHECK(shape.inputs == (player ? player_observation_size(players) : observation_size(rules)));
        CHECK(shape.outputs == (player ? 4 : 4 * players));
        const Network network = make_network(rules, options, 1, at::kCPU);
        const at::Tensor observation = at::randn({3, 2, 7, shape.inputs});
        const ActionDistribution distribution = decide(network, observation);
        INFO(preset.name << ", " << players << " players, " << agent);
        CHECK(distribution.mean.sizes() == at::IntArrayRef({3, 2, 7, shape.outputs}));
        CHECK(distribution.log_std.sizes() == distribution.mean.sizes());
        CHECK((distribution.squash == Squash::none) == (options.head == Head::footyai));
        // Each row is computed independently.
        CHECK(at::allclose(decide(network, observation[1][0][2]).mean, distribution.mean[1][0][2], 1e-4, 1e-5));
        if (options.critic_hidden.empty()) continue;
        const at::Tensor expected = predict_values(network, observation);
        CHECK(expected.sizes() == at::IntArrayRef({3, 2, 7}));
        CHECK(at::allclose(predict_values(network, observation[2]), expected[2], 1e-4, 1e-5));
      }
}

TEST_CASE("the network's parameters bear the names of FootyAI's") {
  CHECK(names_of(network_of(footyai_head())) ==
        std::vector<std::string>{"fc_log_sigma.bias", "fc_log_sigma.weight", "fc_mu.bias", "fc_mu.weight",
                                 "shared_layers.0.bias", "shared_layers.0.weight", "shared_layers.2.bias",
                                 "shared_layers.2.weight", "shared_layers.4.bias", "shared_layers.4.weight",
                                 "shared_layers.6.bias", "shared_layers.6.weight"});
  NetworkOptions options = footyai_head();
  options.hidden = {12, 7};
  const auto weights = weights_of(network_of(options));
  CHECK(weights.size() == 8);
  CHECK(weights.at("shared_layers.0.weight").sizes() == at::IntArrayRef({12, observation_size(arena())}));
  CHECK(weights.at("shared_layers.2.weight").sizes() == at::IntArrayRef({7, 12}));
  CHECK(weights.at("fc_mu.weight").sizes() == at::IntArrayRef({20, 7}));
}

TEST_CASE("a global sigma has no weight, and a critic has layers of its own") {
  NetworkOptions options;
  options.hidden = {12};
  options.critic_hidden = {9, 7};
  const auto weights = weights_of(network_of(options));
  CHECK(names_of(network_of(options)) ==
        std::vector<std::string>{"critic_layers.0.bias", "critic_layers.0.weight", "critic_layers.2.bias",
                                 "critic_layers.2.weight", "fc_log_sigma.bias", "fc_mu.bias", "fc_mu.weight",
                                 "fc_value.bias", "fc_value.weight", "shared_layers.0.bias", "shared_layers.0.weight"});
  CHECK(weights.at("critic_layers.0.weight").sizes() == at::IntArrayRef({9, player_observation_size(5)}));
  CHECK(weights.at("critic_layers.2.weight").sizes() == at::IntArrayRef({7, 9}));
  CHECK(weights.at("fc_value.weight").sizes() == at::IntArrayRef({1, 7}));
  CHECK(weights.at("fc_log_sigma.bias").sizes() == at::IntArrayRef({4}));
}

TEST_CASE("the network computes layers of weights, biases and ReLU, or pre-norm residual blocks") {
  at::manual_seed(2);
  for (NetworkOptions options : all_initialised())
    for (const std::vector<std::int64_t>& hidden : {std::vector<std::int64_t>{8, 8, 8}, {7}}) {
      options.hidden = hidden;
      const Network network = network_of(options);
      make_lively(network);
      const auto w = weights_of(network);
      const at::Tensor x = observations(options, 9);
      const at::Tensor seen = features(w, "shared_layers", options.trunk, hidden.size(), x);
      const at::Tensor mu = layer(w, "fc_mu", seen);
      const at::Tensor s = options.sigma == Sigma::network ? layer(w, "fc_log_sigma", seen)
                                                           : w.at("fc_log_sigma.bias").unsqueeze(0).expand_as(mu);
      const ActionDistribution distribution = decide(network, x);
      INFO(text(options) << ", " << hidden.size() << " widths");
      // FootyAI squashes the mean and clamps log sigma; matchday bounds log sigma smoothly, and squashes the sample or
      // allows means a little beyond the rules' range.
      const bool footyai = options.head == Head::footyai, squashed = options.head == Head::squashed;
      const at::Tensor mean = squashed ? mu : mu.tanh() * (footyai ? 1.0 : 1.25);
      const at::Tensor log_std = footyai ? s.clamp(-20.0, 2.0) : 1.5 / (1.0 + (-s).exp()) - 1.0;
      CHECK(at::allclose(distribution.mean, mean, 1e-4, 1e-5));
      CHECK(at::allclose(distribution.log_std, log_std, 1e-4, 1e-5));
      CHECK((distribution.squash == Squash::tanh) == squashed);
      const at::Tensor value = layer(w, "fc_value", features(w, "critic_layers", options.trunk, 2, x)).squeeze(-1);
      CHECK(at::allclose(predict_values(network, x), value, 1e-4, 1e-5));
    }
}

TEST_CASE("a global sigma is the same for whatever is seen, and one of the network's is not") {
  at::manual_seed(3);
  for (const NetworkOptions& options : all_initialised()) {
    const Network network = network_of(options);
    make_lively(network);
    const at::Tensor log_std = decide(network, observations(options, 30)).log_std;
    INFO(text(options));
    CHECK(at::equal(log_std, log_std[0].expand_as(log_std)) == (options.sigma == Sigma::global));
    CHECK(log_std[0].std().item<double>() > 0.0);  // but each component has its own
  }
}

TEST_CASE("log sigma starts where the options say and never leaves its bounds") {
  at::manual_seed(3);
  for (const Sigma sigma : {Sigma::global, Sigma::network}) {
    NetworkOptions options;
    options.sigma = sigma;
    options.log_std_lowest = -2.0;
    options.log_std_start = -1.5;
    options.log_std_highest = 0.25;
    const Network network = network_of(options);
    const at::NoGradGuard no_gradient;
    INFO("sigma " << sigma);
    CHECK((decide(network, observations(options, 50) * 0.0).log_std + 1.5).abs().max().item<double>() < 1e-6);
    CHECK((decide(network, observations(options, 50)).log_std + 1.5).abs().max().item<double>() < 0.1);
    for (const double size : {1e3, 1e6, 1e30}) {
      network.log_std_raw.bias.fill_(size);
      if (size > 1e3) network.log_std_raw.bias[0] = -size;
      const at::Tensor log_std = decide(network, observations(options, 50) * size).log_std;
      INFO("numbers of size " << size);
      CHECK(log_std.min().item<double>() >= -2.0);
      CHECK(log_std.max().item<double>() <= 0.25);
      CHECK(log_std.isfinite().all().item<bool>());
    }
  }
}

TEST_CASE("FootyAI's head keeps the mean within one and cuts log sigma off at -20 and 2") {
  at::manual_seed(4);
  const Network network = network_of(footyai_head());
  const at::NoGradGuard no_gradient;
  const ActionDistribution distribution = decide(network, observations(footyai_head(), 200) * 1e4);
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
  for (const Trunk trunk : {Trunk::mlp, Trunk::residual}) {
    NetworkOptions options;
    options.trunk = trunk;
    options.sigma = Sigma::network;
    const Network network = network_of(options);
    for (const auto& [name, weights] : weights_of(network)) {
      INFO(trunk << ", " << name);
      if (!is_weight_of_layer(name)) {
        const bool sigma = name == "fc_log_sigma.bias";
        CHECK(at::allclose(weights, at::full_like(weights, sigma ? std::log(0.2 / 0.8) : 0.0), 1e-5));
        continue;
      }
      // The rows or the columns, whichever are fewer, have length gain and are orthogonal.
      const at::Tensor wide = weights.size(0) <= weights.size(1) ? weights : weights.t();
      const bool ends_block = options.trunk == Trunk::residual &&
                              (name.find(".4.") != std::string::npos || name.find(".8.") != std::string::npos);
      const bool small = name.starts_with("fc_mu") || name.starts_with("fc_log_sigma") || ends_block;
      const double gain = small ? 0.01 : name.starts_with("fc_value") ? 1.0 : std::sqrt(2.0);
      CHECK(at::allclose(wide.matmul(wide.t()) / (gain * gain), at::eye(wide.size(0)), 1e-4, 1e-4));
    }
    const at::NoGradGuard no_gradient;
    CHECK(decide(network, observations(options, 500)).mean.abs().max().item<double>() < 0.2);
  }
}

TEST_CASE("weights follow from the seed alone") {
  for (const NetworkOptions& options : all_initialised()) {
    const auto once = weights_of(network_of(options, 7));
    at::rand({123});  // other draws in between must not matter
    const auto again = weights_of(network_of(options, 7));
    const auto other = weights_of(network_of(options, 8));
    for (const auto& [name, weights] : once) {
      INFO(text(options) << ", " << name);
      CHECK(same_bits(weights, again.at(name)));
      if (is_weight_of_layer(name)) CHECK_FALSE(at::equal(weights, other.at(name)));
    }
  }
}

TEST_CASE("on the meta device a network is its shapes alone") {
  for (const NetworkOptions& options : all_initialised()) {
    const Network real = network_of(options, 1);
    const Network shapes = make_network(arena(), options, 1, at::kMeta);
    const std::vector<NamedTensor> of_real = parameters(real);
    const std::vector<NamedTensor> of_shapes = parameters(shapes);
    INFO(text(options));
    CHECK(shapes.flat.is_meta());
    CHECK(shapes.flat.numel() == real.flat.numel());
    REQUIRE(of_shapes.size() == of_real.size());
    for (std::size_t k = 0; k < of_real.size(); ++k) {
      CHECK(of_shapes[k].name == of_real[k].name);
      CHECK(of_shapes[k].tensor.sizes() == of_real[k].tensor.sizes());
      CHECK(of_shapes[k].tensor.is_meta());
    }
  }
}
