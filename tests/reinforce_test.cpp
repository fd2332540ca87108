#include "train/reinforce.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "rules/observation.h"
#include "tests/catch.h"
#include "tests/scenarios.h"

using namespace matchday;

namespace {

/// Untrained networks with lively heads: one for both teams, or two.
TeamNetworks networks_of(const Rules& rules, std::size_t count, const std::string& head, at::ScalarType type) {
  NetworkOptions options;
  options.hidden = {6, 5};
  options.head = head;
  TeamNetworks networks;
  const at::NoGradGuard no_gradient;
  for (std::size_t k = 0; k < count; ++k) {
    networks.push_back(make_network(rules, options, 10 + k, at::kCPU));
    networks[k]->to(type);
    for (at::Tensor& parameter : networks[k]->parameters()) parameter.add_(at::randn_like(parameter) * 0.3);
  }
  return networks;
}

/// A trajectory with the advantages that are to weigh it.
struct Lesson {
  Trajectory trajectory;
  at::Tensor advantages;
};

Lesson random_lesson(const Rules& rules, std::int64_t steps, std::int64_t matches, at::ScalarType type) {
  const std::int64_t outputs = rules.players * action_size;
  return {{at::randn({steps, 2, matches, observation_size(rules)}, type), at::randn({steps, 2, matches, outputs}, type),
           at::zeros({steps, matches}, type), at::zeros({steps, matches}, at::kBool)},
          at::randn({steps, 2, matches}, type)};
}

/// The loss as reinforce.h defines it, written out afresh and for the whole trajectory at once.
at::Tensor written_out_loss(TeamNetworks& networks, const Lesson& lesson, double entropy_weight) {
  at::Tensor loss = at::zeros({}, lesson.advantages.options());
  for (const int team : {0, 1}) {
    const ActionDistribution d = networks[networks.size() == 1 ? 0 : static_cast<std::size_t>(team)]->forward(
        lesson.trajectory.observation.select(1, team));
    const at::Tensor u = lesson.trajectory.pre_squash.select(1, team);
    const at::Tensor variance = (d.log_std * 2.0).exp();
    at::Tensor log_density = -(u - d.mean).pow(2) / (variance * 2.0) - (variance * 2.0 * std::numbers::pi).log() / 2.0;
    if (d.squash == Squash::tanh) log_density = log_density + u.cosh().log() * 2.0;  // 1 - tanh^2 = 1 / cosh^2
    const at::Tensor entropies = (variance * 2.0 * std::numbers::pi * std::numbers::e).log() / 2.0;
    loss = loss - (log_density * lesson.advantages.select(1, team).unsqueeze(-1) + entropies * entropy_weight).sum();
  }
  return loss / static_cast<double>(lesson.advantages.size(-1));
}

void zero_gradients(TeamNetworks& networks) {
  for (TeamNetwork& network : networks)
    for (at::Tensor& parameter : network->parameters()) parameter.mutable_grad() = at::zeros_like(parameter);
}

std::vector<at::Tensor> gradients_of(TeamNetworks& networks) {
  std::vector<at::Tensor> gradients;
  for (TeamNetwork& network : networks)
    for (const at::Tensor& parameter : network->parameters()) gradients.push_back(parameter.grad().clone());
  return gradients;
}

std::vector<at::Tensor> autograd_of_written_out_loss(TeamNetworks& networks, const Lesson& lesson,
                                                     double entropy_weight) {
  zero_gradients(networks);
  written_out_loss(networks, lesson, entropy_weight).backward();
  return gradients_of(networks);
}

double relative_distance(const at::Tensor& a, const at::Tensor& b) {
  return ((a - b).norm() / b.norm()).item<double>();
}

}  // namespace

TEST_CASE("the policy gradient agrees with finite differences of the written-out loss") {
  at::manual_seed(1);
  const Rules rules = preset_with("arena", 1);
  for (const std::size_t count : {1U, 2U})
    for (const char* head : {"squashed", "footyai"})
      for (const double entropy_weight : {0.0, 0.3}) {
        TeamNetworks networks = networks_of(rules, count, head, at::kDouble);
        const Lesson lesson = random_lesson(rules, 3, 4, at::kDouble);
        zero_gradients(networks);
        const ReinforceResult result =
            reinforce_gradient(networks, lesson.trajectory, lesson.advantages, entropy_weight);
        INFO(count << " networks, " << head << " head, entropy weight " << entropy_weight);
        const at::NoGradGuard no_gradient;
        CHECK(result.loss.item<double>() == Approx(written_out_loss(networks, lesson, entropy_weight).item<double>()));

        double worst = 0.0, largest = 0.0;
        for (TeamNetwork& network : networks)
          for (at::Tensor& parameter : network->parameters())
            for (std::int64_t k = 0; k < parameter.numel(); ++k) {
              constexpr double h = 1e-6;
              at::Tensor weight = parameter.view(-1)[k];
              const double before = weight.item<double>();
              weight.fill_(before + h);
              const double up = written_out_loss(networks, lesson, entropy_weight).item<double>();
              weight.fill_(before - h);
              const double down = written_out_loss(networks, lesson, entropy_weight).item<double>();
              weight.fill_(before);
              const double slope = (up - down) / (2.0 * h);
              worst = std::max(worst, std::abs(slope - parameter.grad().view(-1)[k].item<double>()));
              largest = std::max(largest, std::abs(slope));
            }
        CHECK(largest > 1.0);
        CHECK(worst < 1e-6 * largest);
      }
}

TEST_CASE("going through a trajectory in pieces changes nothing") {
  at::manual_seed(2);
  const Rules rules = preset_with("arena", 1);
  struct Size {
    std::int64_t steps, matches;
  };
  // Pieces of 2 steps with 1 left over; single steps, each larger than a piece; everything in one piece.
  for (const Size size : {Size{11, 3000}, {3, 9001}, {5, 7}})
    for (const std::size_t count : {1U, 2U}) {
      TeamNetworks networks = networks_of(rules, count, "squashed", at::kFloat);
      const Lesson lesson = random_lesson(rules, size.steps, size.matches, at::kFloat);
      const std::vector<at::Tensor> expected = autograd_of_written_out_loss(networks, lesson, 0.01);
      zero_gradients(networks);
      const ReinforceResult result = reinforce_gradient(networks, lesson.trajectory, lesson.advantages, 0.01);
      const std::vector<at::Tensor> gradients = gradients_of(networks);
      INFO(size.steps << " steps of " << size.matches << " matches, " << count << " networks");
      for (std::size_t k = 0; k < gradients.size(); ++k) CHECK(relative_distance(gradients[k], expected[k]) < 1e-5);

      const at::NoGradGuard no_gradient;
      const ActionDistribution whole = decide(networks, lesson.trajectory.observation);
      CHECK(result.loss.item<double>() ==
            Approx(written_out_loss(networks, lesson, 0.01).item<double>()).epsilon(1e-5));
      CHECK(result.sigma.item<double>() == Approx(whole.log_std.exp().mean().item<double>()).epsilon(1e-5));
      CHECK(result.entropy.item<double>() == Approx(entropy(whole).mean().item<double>()).epsilon(1e-5));
    }
}

TEST_CASE("independent teams learn from their own matches only") {
  at::manual_seed(3);
  const Rules rules = preset_with("arena", 2);
  TeamNetworks networks = networks_of(rules, 2, "squashed", at::kFloat);
  for (const std::size_t team : {0U, 1U}) {
    Lesson lesson = random_lesson(rules, 4, 5, at::kFloat);
    lesson.advantages.select(1, static_cast<std::int64_t>(1 - team)).zero_();
    zero_gradients(networks);
    reinforce_gradient(networks, lesson.trajectory, lesson.advantages, 0.0);
    for (const at::Tensor& parameter : networks[team]->parameters())
      CHECK(parameter.grad().norm().item<double>() > 0.0);
    for (const at::Tensor& parameter : networks[1 - team]->parameters())
      CHECK(parameter.grad().norm().item<double>() == 0.0);
  }
}

TEST_CASE("gradients are added to what is there") {
  at::manual_seed(4);
  const Rules rules = preset_with("arena", 1);
  TeamNetworks networks = networks_of(rules, 1, "squashed", at::kFloat);
  const Lesson lesson = random_lesson(rules, 4, 5, at::kFloat);
  zero_gradients(networks);
  reinforce_gradient(networks, lesson.trajectory, lesson.advantages, 0.0);
  const std::vector<at::Tensor> once = gradients_of(networks);
  reinforce_gradient(networks, lesson.trajectory, lesson.advantages, 0.0);
  const std::vector<at::Tensor> twice = gradients_of(networks);
  for (std::size_t k = 0; k < once.size(); ++k) CHECK(at::allclose(twice[k], once[k] * 2.0));
}

TEST_CASE("a step down the gradient makes what paid more likely, and what did not less") {
  at::manual_seed(5);
  const Rules rules = preset_with("arena", 1);
  for (const double advantage : {1.0, -1.0}) {
    TeamNetworks networks = networks_of(rules, 1, "squashed", at::kDouble);
    Lesson lesson = random_lesson(rules, 2, 3, at::kDouble);
    lesson.advantages.fill_(advantage);
    const auto likelihood = [&] {
      const at::NoGradGuard no_gradient;
      return log_prob(decide(networks, lesson.trajectory.observation), lesson.trajectory.pre_squash)
          .sum()
          .item<double>();
    };
    const double before = likelihood();
    zero_gradients(networks);
    reinforce_gradient(networks, lesson.trajectory, lesson.advantages, 0.0);
    const at::NoGradGuard no_gradient;
    for (at::Tensor& parameter : networks[0]->parameters()) parameter -= parameter.grad() * 1e-4;
    CHECK((likelihood() - before) * advantage > 0.0);
  }
}
