#include "train/adam.h"

#include <torch/nn/utils/clip_grad.h>
#include <torch/optim/adam.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/scenarios.h"

using namespace matchday;

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

Network small_network() {
  NetworkOptions options;
  options.hidden = {8, 4};
  options.critic_hidden = {6};
  return make_network(arena(), options, 1, at::kCPU);
}

std::vector<at::Tensor> parameters_of(const Network& network) {
  std::vector<at::Tensor> all;
  for (const NamedTensor& parameter : parameters(network)) all.push_back(parameter.tensor);
  return all;
}

/// The gradients of update k: from far below the clip to far above it.
std::vector<at::Tensor> gradients(const Network& network, int k) {
  at::manual_seed(100 + static_cast<std::uint64_t>(k));
  std::vector<at::Tensor> all;
  for (const at::Tensor& parameter : parameters_of(network))
    all.push_back(at::randn(parameter.sizes()) * std::pow(10.0, k % 5 - 3));
  return all;
}

void set_gradients(const Network& network, const std::vector<at::Tensor>& all) {
  std::vector<at::Tensor> parameters = parameters_of(network);
  for (std::size_t i = 0; i < all.size(); ++i) parameters[i].mutable_grad().copy_(all[i]);
}

at::Tensor rate(double learning_rate) { return at::full({}, learning_rate, at::kFloat); }

}  // namespace

TEST_CASE("twenty steps are those of torch's clip_grad_norm_ and Adam") {
  Network ours = small_network();
  Network theirs = small_network();
  const AdamOptions options{.beta1 = 0.8, .beta2 = 0.99, .epsilon = 1e-5, .gradient_norm = 0.7};
  Adam adam(ours, options);
  torch::optim::Adam reference(parameters_of(theirs),
                               torch::optim::AdamOptions(1e-3).betas({0.8, 0.99}).eps(options.epsilon));
  for (int k = 0; k < 20; ++k) {
    const double learning_rate = 1e-3 * (1.0 - k / 40.0);
    set_gradients(ours, gradients(ours, k));
    const double norm = adam.step(rate(learning_rate)).item<double>();
    set_gradients(theirs, gradients(theirs, k));
    const double reference_norm = torch::nn::utils::clip_grad_norm_(parameters_of(theirs), options.gradient_norm);
    static_cast<torch::optim::AdamOptions&>(reference.param_groups()[0].options()).lr(learning_rate);
    reference.step();

    INFO("step " << k);
    CHECK(norm == Approx(reference_norm).epsilon(1e-6));
    const std::vector<at::Tensor> a = parameters_of(ours), b = parameters_of(theirs);
    for (std::size_t i = 0; i < a.size(); ++i) CHECK((a[i] - b[i]).abs().max().item<double>() < 1e-6);
  }
  CHECK(adam.skipped().item<double>() == 0.0);
}

TEST_CASE("a gradient longer than allowed is shortened, a shorter one is left alone") {
  Network network = small_network();
  Adam adam(network, {.gradient_norm = 1.0});
  for (const float size : {100.0F, 0.001F}) {
    const at::Tensor bias = parameters_of(network)[1];
    network.gradient.zero_();
    bias.mutable_grad()[0] = size;
    CHECK(adam.step(rate(1e-3)).item<double>() == Approx(size));
    CHECK(parameters_of(network)[1].grad()[0].item<double>() == Approx(std::min(size, 1.0F)).epsilon(1e-5));
  }
}

TEST_CASE("a gradient of zeros moves nothing") {
  Network network = small_network();
  Adam adam(network, {});
  CHECK(adam.step(rate(0.1)).item<double>() == 0.0);
  const std::vector<at::Tensor> a = parameters_of(network), b = parameters_of(small_network());
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(same_bits(a[i].detach(), b[i].detach()));
}

TEST_CASE("an update with a bad number is skipped and counted, as if it had never been asked for") {
  Network network = small_network();
  Network undisturbed = small_network();
  Adam adam(network, {});
  Adam reference(undisturbed, {});
  int bad = 0;
  // The non-finite gradient comes at the first step, in between, twice in a row, in different tensors.
  const std::vector<float> disturbances[] = {{not_a_number}, {}, {infinity}, {-infinity, not_a_number}, {}, {}};
  for (int k = 0; k < 6; ++k) {
    for (const float number : disturbances[k]) {
      std::vector<at::Tensor> broken = gradients(network, k);
      broken[bad % 2 == 0 ? 0 : broken.size() - 1].view(-1)[0] = number;
      set_gradients(network, broken);
      CHECK_FALSE(std::isfinite(adam.step(rate(1e-2)).item<double>()));
      CHECK(adam.skipped().item<double>() == bad + 1);
      const std::string culprit = parameter_at(network, adam.culprit().item<std::int64_t>()).name;
      CHECK(culprit == (bad % 2 == 0 ? parameters(network).front() : parameters(network).back()).name);
      ++bad;
    }
    set_gradients(network, gradients(network, k));
    adam.step(rate(1e-2));
    set_gradients(undisturbed, gradients(undisturbed, k));
    reference.step(rate(1e-2));
    const std::vector<at::Tensor> a = parameters_of(network), b = parameters_of(undisturbed);
    INFO("update " << k);
    for (std::size_t i = 0; i < a.size(); ++i) CHECK(same_bits(a[i].detach(), b[i].detach()));
  }
  CHECK(adam.skipped().item<double>() == 4.0);
  CHECK(reference.skipped().item<double>() == 0.0);
  CHECK(reference.culprit().item<double>() == -1.0);
}

TEST_CASE("the first of several bad gradients is the culprit") {
  Network network = small_network();
  Adam adam(network, {});
  for (const std::size_t first : {4U, 2U, 6U}) {
    std::vector<at::Tensor> broken = gradients(network, 1);
    for (std::size_t i = first; i < broken.size(); ++i) broken[i].view(-1)[0] = not_a_number;
    set_gradients(network, broken);
    adam.step(rate(1e-2));
    CHECK(parameter_at(network, adam.culprit().item<std::int64_t>()).name == parameters(network)[first].name);
  }
  set_gradients(network, gradients(network, 1));
  adam.step(rate(1e-2));
  CHECK(parameter_at(network, adam.culprit().item<std::int64_t>()).name == parameters(network)[6].name);  // unchanged
}

TEST_CASE("a paused step moves nothing, as if it had never been asked for, and is no bad number") {
  Network network = small_network();
  Network undisturbed = small_network();
  Adam adam(network, {});
  Adam reference(undisturbed, {});
  for (int k = 0; k < 6; ++k) {
    const bool pause = k == 0 || k == 3 || k == 4;
    set_gradients(network, gradients(network, k));
    const double norm = adam.step(rate(1e-2), at::full({}, pause, at::kBool)).item<double>();
    set_gradients(undisturbed, gradients(undisturbed, k));
    if (!pause) CHECK(reference.step(rate(1e-2)).item<double>() == norm);
    const std::vector<at::Tensor> a = parameters_of(network), b = parameters_of(undisturbed);
    INFO("update " << k);
    for (std::size_t i = 0; i < a.size(); ++i) CHECK(same_bits(a[i].detach(), b[i].detach()));
  }
  CHECK(adam.skipped().item<double>() == 0.0);
  CHECK(adam.culprit().item<double>() == -1.0);
}
