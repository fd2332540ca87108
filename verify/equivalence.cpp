#include "verify/equivalence.h"

#include <ATen/ATen.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "formats/signature.h"
#include "rules/observation.h"
#include "sim/reference/random.h"
#include "sim/reference_states.h"
#include "sim/simulator.h"

namespace matchday {
namespace {

/// First random slot of the mixed actions; nothing else uses the slots from here on.
constexpr std::uint32_t slot_mixed_actions = 1U << 20;

enum class Style { random, extreme, chasing, sparse };

float extreme_number(float u) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  constexpr float numbers[] = {nan,  infinity, -infinity, 3e38F, -3e38F,  1e20F, -1e-38F, 1e-45F,
                               0.0F, -0.0F,    1.0F,      -1.0F, 1000.5F, -2e3F, 0.1F,    0.6F};
  return numbers[static_cast<int>(u * 16.0F)];
}

reference::PlayerAction chase(const Rules& rules, const reference::GameState& game, int team, int player, float u) {
  const float rotation = team == 1 && sees_own_side(rules) ? -1.0F : 1.0F;
  const float attack = team == 1 && !sees_own_side(rules) ? -1.0F : 1.0F;
  const reference::Body& body = game.players[static_cast<std::size_t>(team)][static_cast<std::size_t>(player)];
  const reference::Vec gap = (game.ball.position - body.position) * (rotation / 6.0F);
  return {gap, {attack, u - 0.5F}};
}

/// One field of all matches, as computed by the reference core and by the backend.
struct Field {
  const char* name;
  at::Tensor expected;  ///< [B, ...], on the CPU
  at::Tensor actual;    ///< [B, ...]
};

bool same_bits(const at::Tensor& a, const at::Tensor& b) {
  return a.sizes() == b.sizes() && a.scalar_type() == b.scalar_type() &&
         std::memcmp(a.const_data_ptr(), b.const_data_ptr(), a.nbytes()) == 0;
}

/// Where two fields first differ: match and index within the match's numbers; -1 if their shapes differ.
struct Place {
  std::int64_t match;
  std::int64_t index;
  double expected;
  double actual;
};

std::optional<Place> first_difference(const Field& field) {
  const at::Tensor expected = field.expected.contiguous();
  const at::Tensor actual = field.actual.cpu().contiguous();
  if (same_bits(expected, actual)) return std::nullopt;
  if (expected.sizes() != actual.sizes()) return Place{-1, -1, 0.0, 0.0};
  std::int64_t match = 0;
  while (same_bits(expected[match], actual[match])) ++match;
  const at::Tensor numbers = expected[match].reshape({-1});
  const at::Tensor other = actual[match].reshape({-1});
  std::int64_t index = 0;
  while (same_bits(numbers[index], other[index])) ++index;
  return Place{match, index, numbers[index].item<double>(), other[index].item<double>()};
}

/// B matches on the reference core.
struct ReferenceMatches {
  Rules rules;
  std::vector<reference::GameState> games;
  at::Tensor reward;      ///< float32 [B]
  at::Tensor terminated;  ///< bool [B]
  std::int64_t nonfinite_actions = 0;

  std::int64_t size() const { return static_cast<std::int64_t>(games.size()); }

  at::Tensor actions(std::int64_t step) const {
    std::vector<reference::Actions> all;
    for (const reference::GameState& game : games) all.push_back(mixed_actions(rules, game, step));
    return to_action(rules, all);
  }

  void step(const at::Tensor& action) {
    for (std::int64_t b = 0; b < size(); ++b) {
      reference::GameState& game = games[static_cast<std::size_t>(b)];
      const reference::Outcome outcome = reference::step(rules, game, to_actions(rules, action, b));
      game = outcome.state;
      reward.accessor<float, 1>()[b] = outcome.reward;
      terminated.accessor<bool, 1>()[b] = outcome.terminated;
      nonfinite_actions += outcome.nonfinite_actions;
    }
  }

  /// Starts the next match in place of each terminated one; returns how many.
  std::int64_t reset_terminated() {
    std::int64_t resets = 0;
    for (std::int64_t b = 0; b < size(); ++b) {
      reference::GameState& game = games[static_cast<std::size_t>(b)];
      if (!terminated.accessor<bool, 1>()[b]) continue;
      game = reference::start(rules, game.key, game.episode + 1);
      ++resets;
    }
    return resets;
  }

  at::Tensor observations() const {  // [B, 2, D]
    std::vector<float> numbers;
    for (const reference::GameState& game : games)
      for (const reference::Team team : {reference::team_a, reference::team_b}) {
        const std::vector<float> seen = reference::observe(rules, game, team);
        numbers.insert(numbers.end(), seen.begin(), seen.end());
      }
    return at::tensor(numbers).view({size(), 2, observation_size(rules)});
  }

  at::Tensor observations_of_players() const {  // [B, 2, N, P]
    std::vector<float> numbers;
    for (const reference::GameState& game : games)
      for (const reference::Team team : {reference::team_a, reference::team_b})
        for (int index = 0; index < rules.players; ++index) {
          const std::vector<float> seen = reference::observe_player(rules, game, team, index);
          numbers.insert(numbers.end(), seen.begin(), seen.end());
        }
    return at::tensor(numbers).view({size(), 2, rules.players, -1});
  }
};

/// A simulator under test and the results of its last step.
struct Contender {
  Simulator simulator;
  StepResult result;

  Contender(const Rules& rules, const SimulatorOptions& options)
      : simulator(rules, options),
        result{at::zeros({options.matches}, at::TensorOptions(options.device)),
               at::zeros({options.matches}, at::TensorOptions(options.device).dtype(at::kBool)), simulator.observe()} {}

  void step(const at::Tensor& action) {
    simulator.step(action.to(simulator.device()), at::ones({}, result.reward.options()), result);
  }
};

std::optional<Mismatch> compare(const ReferenceMatches& expected, const MatchState& expected_state,
                                const at::Tensor& observation, const at::Tensor& of_players, const Contender& contender,
                                std::int64_t step) {
  const MatchState& actual = contender.simulator.state();
  const Field fields[] = {
      {"bodies", expected_state.bodies.permute({2, 0, 1}), actual.bodies.permute({2, 0, 1})},
      {"score", expected_state.score.t(), actual.score.t()},
      {"clock", expected_state.clock, actual.clock},
      {"episode", expected_state.episode, actual.episode},
      {"potential", expected_state.potential, actual.potential},
      {"reward", expected.reward, contender.result.reward},
      {"terminated", expected.terminated, contender.result.terminated},
      {"observation of the step", observation, contender.result.observation.transpose(0, 1)},
      {"observation", observation, contender.simulator.observe().transpose(0, 1)},
      {"observation of players", of_players, contender.simulator.observe_players().transpose(0, 1)},
      {"bad numbers", at::full({1}, expected.nonfinite_actions, at::kLong),
       contender.simulator.nonfinite_actions().view({1})},
  };
  for (const Field& field : fields)
    if (const auto place = first_difference(field))
      return Mismatch{place->match, step, field.name, place->index, place->expected, place->actual};
  return std::nullopt;
}

}  // namespace

std::vector<Backend> backends_on(at::Device device) {
  return device.is_cpu() || device.is_cuda() ? std::vector{Backend::tensor, Backend::native}
                                             : std::vector{Backend::tensor};
}

std::string backend_name(Backend backend) {
  return backend == Backend::native ? "native" : backend == Backend::tensor ? "tensor" : "automatic";
}

reference::Actions mixed_actions(const Rules& rules, const reference::GameState& game, std::int64_t step) {
  reference::Actions actions{};
  for (int team = 0; team < 2; ++team)
    for (int i = 0; i < rules.players; ++i) {
      const auto slot = slot_mixed_actions + static_cast<std::uint32_t>(2 * (team * rules.players + i));
      const auto u = reference::uniforms(game.key, game.episode, static_cast<int>(step), slot);
      const auto v = reference::uniforms(game.key, game.episode, static_cast<int>(step), slot + 1);
      reference::PlayerAction& own = actions[static_cast<std::size_t>(team)][static_cast<std::size_t>(i)];
      switch (static_cast<Style>((game.key.match + static_cast<std::uint32_t>(i)) % 4)) {
        case Style::random:
          own = {{3.0F * u[0] - 1.5F, 3.0F * u[1] - 1.5F}, {3.0F * u[2] - 1.5F, 3.0F * u[3] - 1.5F}};
          break;
        case Style::extreme:
          own = {{extreme_number(u[0]), extreme_number(u[1])}, {extreme_number(u[2]), extreme_number(u[3])}};
          break;
        case Style::chasing:
          own = chase(rules, game, team, i, u[0]);
          break;
        case Style::sparse:  // chases, but acts only with probability 1/4
          if (v[0] < 0.25F) own = chase(rules, game, team, i, u[0]);
          break;
      }
    }
  return actions;
}

EquivalenceReport check_equivalence(const Rules& rules, const EquivalenceOptions& options) {
  constexpr std::int64_t steps_of_next_match = 5;
  const std::int64_t steps = options.steps > 0 ? options.steps : rules.steps + steps_of_next_match;
  std::vector<Contender> contenders;
  for (const Backend backend : options.backends.empty() ? backends_on(options.device) : options.backends)
    contenders.emplace_back(
        rules, SimulatorOptions{
                   .matches = options.matches, .seed = options.seed, .device = options.device, .backend = backend});
  ReferenceMatches expected{rules, {}, at::zeros({options.matches}), at::zeros({options.matches}, at::kBool)};
  for (std::int64_t b = 0; b < options.matches; ++b)
    expected.games.push_back(reference::start(rules, {options.seed, static_cast<std::uint32_t>(b)}));

  EquivalenceReport report;
  report.signature = 0xCBF29CE484222325U;
  std::vector<reference::GameState> before = expected.games;
  at::Tensor action = at::zeros({2, options.matches, rules.players, action_size});
  for (std::int64_t step = 0;; ++step) {
    const MatchState state = to_match_state(rules, expected.games);
    const at::Tensor observation = expected.observations();
    const at::Tensor of_players = expected.observations_of_players();
    add_to(report.signature, state.bodies);
    for (const Contender& contender : contenders) {
      if (report.mismatch) break;
      report.mismatch = compare(expected, state, observation, of_players, contender, step);
      report.backend = backend_name(contender.simulator.backend());
    }
    if (report.mismatch && report.mismatch->match >= 0) {
      report.before = before[static_cast<std::size_t>(report.mismatch->match)];
      report.actions = to_actions(rules, action, report.mismatch->match);
    }
    if (report.mismatch || step == steps) break;

    report.resets += expected.reset_terminated();
    for (Contender& contender : contenders) contender.simulator.reset(contender.result.terminated);
    before = expected.games;
    action = expected.actions(step);
    expected.step(action);
    for (Contender& contender : contenders) contender.step(action);
    report.match_steps += options.matches;
    report.goals += expected.reward.abs().ge(1.0).sum().item<std::int64_t>();
  }
  report.nonfinite_actions = expected.nonfinite_actions;
  return report;
}

}  // namespace matchday
