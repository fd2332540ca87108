// Networks in one launch on a CUDA device: forward passes and gradients against float64. Without a device these tests
// are skipped.
#include <limits>

#include "kernels/network_operators.h"
#include "policy/network_plan.h"
#include "tests/support/cuda.h"
#include "tests/support/random_samples.h"
#include "tests/support/random_trunks.h"
#include "tests/support/rounding_network.h"
#include "tests/support/scenarios.h"

using namespace matchday;

namespace {

ThreadPool thread_pool;

const Rules rules = preset_with("arena", 5);

/// Networks with layers of one piece of a product, several, and parts of one; with one head that has weights and two.
std::vector<NetworkOptions> sorts() {
  std::vector<NetworkOptions> all;
  const auto add = [&](Trunk trunk, Agent agent, Sigma sigma, const std::vector<std::int64_t>& hidden,
                       const std::vector<std::int64_t>& of_critic) {
    NetworkOptions options;
    options.trunk = trunk;
    options.agent = agent;
    options.sigma = sigma;
    options.hidden = hidden;
    options.critic_hidden = of_critic;
    all.push_back(options);
  };
  add(Trunk::mlp, Agent::player, Sigma::global, {64, 64, 64}, {64, 64, 64});
  add(Trunk::mlp, Agent::team, Sigma::network, {40, 72}, {33});
  add(Trunk::mlp, Agent::player, Sigma::network, {100, 7}, {});
  add(Trunk::residual, Agent::player, Sigma::global, {48, 48}, {20, 20, 20});
  add(Trunk::mlp, Agent::player, Sigma::global, {128, 128, 128}, {16});  // its gradient does not fit into a block
  return all;
}

/// Whether a block can hold such a network's weights.
bool fits(const NetworkOptions& sort, at::ScalarType precision) {
  return precision == at::kBFloat16 || sort.hidden.size() < 3 || sort.hidden[0] < 128;
}

/// Of gradients with metrics behind them, each by its own norm: metrics are sums, and much larger.
double farther(const at::Tensor& found, const at::Tensor& expected) {
  const std::int64_t size = expected.numel() - kernels::loss_metrics;
  return std::max(
      relative_distance(found.narrow(0, 0, size), expected.narrow(0, 0, size)),
      relative_distance(found.narrow(0, size, kernels::loss_metrics), expected.narrow(0, size, kernels::loss_metrics)));
}

double tolerance(at::ScalarType precision) { return precision == at::kFloat ? 1e-5 : 2e-2; }

operators::FusedNetwork fused(const kernels::NetworkPlan& plan, at::ScalarType precision, bool backward) {
  const auto network = operators::fused_network(plan, at::Device(at::kCUDA, 0), precision, backward);
  REQUIRE(network);
  return *network;
}

}  // namespace

TEST_CASE("on CUDA one launch decides and predicts for the rows of several networks", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  for (const NetworkOptions& sort : sorts())
    for (const at::ScalarType precision : {at::kFloat, at::kBFloat16}) {
      if (!fits(sort, precision)) continue;
      at::manual_seed(1);
      const std::vector<Network> networks{mild_network(sort, rules, 1), mild_network(sort, rules, 2)};
      const NetworkShape shape = network_shape(rules, sort);
      constexpr std::int64_t rows = 301;
      const at::Tensor observation = at::randn({rows, shape.inputs});
      const at::TensorOptions there = at::TensorOptions(at::kCUDA).dtype(at::kFloat);
      const at::Tensor unset = at::full({rows, shape.outputs}, std::numeric_limits<float>::quiet_NaN(), there);
      const at::Tensor mean = unset.clone(), log_std = unset.clone(), value = unset.select(1, 0).clone();
      std::vector<operators::ForwardTask> tasks;
      const std::vector<std::pair<std::int64_t, std::int64_t>> ranges{{1, 150}, {160, 141}};
      for (std::size_t k = 0; k < 2; ++k) {
        const at::Tensor parameters = networks[k].flat.cuda();
        tasks.push_back({parameters, false, ranges[k].first, ranges[k].second});
        if (!sort.critic_hidden.empty()) tasks.push_back({parameters, true, ranges[k].first, ranges[k].second});
      }
      network_forward(fused(plan_of(networks[0]), precision, false), tasks, observation.to(there).to(precision),
                      {mean, log_std, value});
      INFO(sort_text(sort) << ", " << precision);
      for (std::size_t k = 0; k < 2; ++k) {
        const Network wide = in_type(networks[k], at::kDouble);
        const auto of_range = [&, k = k](const at::Tensor& tensor) {
          return tensor.narrow(0, ranges[k].first, ranges[k].second);
        };
        const at::Tensor seen = of_range(observation).to(at::kDouble);
        const ActionDistribution exact = decide(wide, seen);
        CHECK(relative_distance(of_range(mean), exact.mean) < tolerance(precision));
        CHECK(relative_distance(of_range(log_std), exact.log_std) < tolerance(precision));
        if (!sort.critic_hidden.empty())
          CHECK(relative_distance(of_range(value), predict_values(wide, seen)) < tolerance(precision));
      }
      for (const std::int64_t row : {0, 151, 159}) {
        CHECK(at::isnan(mean[row]).all().item<bool>());
        CHECK(at::isnan(value[row]).item<bool>());
      }
    }
}

TEST_CASE("on CUDA a policy that only plays decides in one launch", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  const at::NoGradGuard no_gradient;
  at::manual_seed(4);
  for (const NetworkOptions& sort : sorts()) {
    const Network here = mild_network(sort, rules, 1);
    const Network there = on_device(here, at::kCUDA);
    const at::Tensor observation = at::randn({2, 7, network_shape(rules, sort).inputs});
    const ActionDistribution expected = decide(here, observation), decided = decide(there, observation.cuda());
    INFO(sort_text(sort));
    CHECK(decided.squash == expected.squash);
    CHECK(at::allclose(decided.mean.cpu(), expected.mean, 1e-4, 1e-5));
    CHECK(at::allclose(decided.log_std.cpu(), expected.log_std, 1e-4, 1e-5));
    if (!sort.critic_hidden.empty())
      CHECK(
          at::allclose(predict_values(there, observation.cuda()).cpu(), predict_values(here, observation), 1e-4, 1e-5));
  }
}

TEST_CASE(
    "on CUDA gradients are autograd's in float64, or through layers that round alike, whatever the number of rows",
    "[cuda]") {
  SKIP_WITHOUT_CUDA();
  for (const NetworkOptions& sort : sorts())
    for (const std::int64_t rows : {1, 31, 128, 347}) {
      at::manual_seed(2);
      const Network network = mild_network(sort, rules, 3);
      const Samples samples = random_samples(network, rules, rows);
      const kernels::LossOptions options = loss_options(kernels::PolicyObjective::ppo, {}, 0.01);
      const auto gradient = [&](const Network& of, const Samples& from, const GradientOptions& how) {
        const at::Tensor metrics =
            loss_gradient(of, from, {}, options, at::full({}, 2.0, from.log_prob.options()), thread_pool, how);
        return at::cat({of.gradient, metrics}).cpu();
      };
      const Network there = on_device(network, at::kCUDA);
      const Samples samples_there = samples_in(at::TensorOptions(at::kCUDA).dtype(at::kFloat), samples);
      for (const at::ScalarType precision : {at::kFloat, at::kBFloat16}) {
        if (!fits(sort, precision)) continue;
        INFO(sort_text(sort) << ", " << rows << " rows, " << precision);
        const at::Tensor found = gradient(there, samples_there, {precision, Differentiation::fused});
        at::Tensor expected;
        if (precision == at::kFloat) {
          expected = gradient(in_type(network, at::kDouble), in_float64(samples), {});
        } else {
          const Network rounding = rounding_network(network, RoundedHeads::yes);
          const Loss loss = policy_loss(rounding, samples, options, at::full({1}, 2.0F));
          expected = at::cat({gradient_of(loss.loss, network), loss.metrics.detach()}).to(at::kDouble);
        }
        CHECK(farther(found, expected) < tolerance(precision));
      }
    }
}

TEST_CASE("on CUDA blocks take tile after tile: of more rows than all of them hold at a time", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  const at::NoGradGuard no_gradient;
  NetworkOptions sort;
  sort.hidden = sort.critic_hidden = {8};
  at::manual_seed(5);
  const Network network = mild_network(sort, rules, 3);
  const Network there = on_device(network, at::kCUDA);
  const std::int64_t rows = 512 * 128 + 77;  // blocks of a forward pass, of 128 rows at most
  const Samples samples = random_samples(network, rules, rows);
  const Samples samples_there = samples_in(at::TensorOptions(at::kCUDA).dtype(at::kFloat), samples);
  CHECK(relative_distance(decide(there, samples_there.observation).mean, decide(network, samples.observation).mean) <
        1e-5);
  const auto gradient = [&](const Network& of, const Samples& from) {
    const at::Tensor metrics = loss_gradient(of, from, {}, loss_options(kernels::PolicyObjective::ppo, {}, 1e-4),
                                             at::full({}, 2.0, from.log_prob.options()), thread_pool);
    return at::cat({of.gradient, metrics}).cpu();
  };
  // Both are float32, and round sums of 65,613 rows in their own order.
  CHECK(farther(gradient(there, samples_there), gradient(network, samples)) < 1e-4);
}

TEST_CASE("on CUDA whatever a trunk is made of, one launch predicts and learns as autograd does", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  using namespace random_trunks;
  at::manual_seed(3);
  std::mt19937 generator(1);
  for (int trial = 0; trial < 60; ++trial) {
    const RandomNetwork network = random_network(generator);
    INFO(text_of(network.plan.critic.steps));
    const at::Tensor parameters = at::randn({network.size}) * 0.4;
    const at::Tensor observation = at::randn({rows, inputs});
    const at::Tensor target = at::randn({rows});
    const Expected expected = expected_of(network, parameters, observation, target, 2.0);
    const at::Tensor there = parameters.cuda(), seen = observation.cuda();
    const at::Tensor value = at::empty({rows}, there.options()), none = at::empty({rows, 4}, there.options());
    network_forward(fused(network.plan, at::kFloat, false), {{there, true, 0, rows}}, seen, {.value = value});
    CHECK((value.cpu() - expected.values).abs().max().item<double>() <
          1e-4 * (1.0 + expected.values.abs().max().item<double>()));
    const at::Tensor gradient = at::empty({network.size}, there.options());
    network_gradient(fused(network.plan, at::kFloat, true), {}, there,
                     {seen,
                      none.zero_(),
                      at::randn({rows}).cuda(),
                      at::randn({rows}).cuda(),
                      target.cuda(),
                      at::full({}, 2.0F).cuda(),
                      {},
                      {}},
                     {}, gradient);
    const at::Tensor of_critic = gradient.cpu().narrow(0, network.critic, network.size - network.critic);
    CHECK(relative_distance(of_critic, expected.gradient) < 1e-4);
  }
}

TEST_CASE("on CUDA a network that is too large for a block is left to torch's products", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  NetworkOptions options;
  options.hidden = {512, 512};
  const Network network = on_device(make_network(rules, options, 1, at::kCPU), at::kCUDA);
  CHECK_FALSE(operators::fused_network(plan_of(network), network.flat.device(), at::kFloat, true));
  const Samples samples = samples_in(at::TensorOptions(at::kCUDA).dtype(at::kFloat),
                                     random_samples(make_network(rules, options, 1, at::kCPU), rules, 3));
  loss_gradient(network, samples, {}, loss_options(kernels::PolicyObjective::ppo, {}, 0.01),
                at::ones({}, samples.log_prob.options()), thread_pool);
  CHECK(network.gradient.norm().item<double>() > 0.0);
}
