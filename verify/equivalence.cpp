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
struct ComparedField {
  const char* name;
  at::Tensor expected;  ///< [B, ...], on the CPU
  at::Tensor actual;    ///< [B, ...]
};

bool same_bits(const at::Tensor& a, const at::Tensor& b) {
  return a.sizes() == b.sizes() && a.scalar_type() == b.scalar_type() &&
         std::memcmp(a.const_data_ptr(), b.const_data_ptr(), a.nbytes()) == 0;
}

/// Where two fields first differ: match and index within the match's numbers; -1 if their shapes differ.
struct Difference {
  std::int64_t match;
  std::int64_t index;
  double expected;
  double actual;
};

std::optional<Difference> first_difference(const ComparedField& field) {
  const at::Tensor expected = field.expected.contiguous();
  const at::Tensor actual = field.actual.cpu().contiguous();
  if (same_bits(expected, actual)) return std::nullopt;
  if (expected.sizes() != actual.sizes()) return Difference{-1, -1, 0.0, 0.0};
  std::int64_t match = 0;
  while (same_bits(expected[match], actual[match])) ++match;
  const at::Tensor numbers = expected[match].reshape({-1});
  const at::Tensor other = actual[match].reshape({-1});
  std::int64_t index = 0;
  while (same_bits(numbers[index], other[index])) ++index;
  return Difference{match, index, numbers[index].item<double>(), other[index].item<double>()};
}

/// A simulator and the results of its last step.
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

  std::vector<reference::GameState> games() const {
    return to_game_states(simulator.rules(), simulator.state(), simulator.seed(), simulator.match_indices());
  }
};

/// seen_by_players: what the expected contender's players see, as observe_players has it.
std::optional<Mismatch> compare(const Contender& expected, const at::Tensor& seen_by_players, const Contender& actual,
                                std::int64_t step) {
  const MatchState& wanted = expected.simulator.state();
  const MatchState& state = actual.simulator.state();
  const at::Tensor seen = expected.result.observation.transpose(0, 1);
  const ComparedField fields[] = {
      {"bodies", wanted.bodies.permute({2, 0, 1}), state.bodies.permute({2, 0, 1})},
      {"score", wanted.score.t(), state.score.t()},
      {"clock", wanted.clock, state.clock},
      {"episode", wanted.episode, state.episode},
      {"potential", wanted.potential, state.potential},
      {"reward", expected.result.reward, actual.result.reward},
      {"terminated", expected.result.terminated, actual.result.terminated},
      {"observation of the step", seen, actual.result.observation.transpose(0, 1)},
      {"observation", seen, actual.simulator.observe().transpose(0, 1)},
      {"observation of players", seen_by_players.transpose(0, 1), actual.simulator.observe_players().transpose(0, 1)},
      {"non-finite actions", expected.simulator.nonfinite_actions().view({1}),
       actual.simulator.nonfinite_actions().view({1})},
  };
  for (const ComparedField& field : fields)
    if (const auto place = first_difference(field))
      return Mismatch{place->match, step, field.name, place->index, place->expected, place->actual};
  return std::nullopt;
}

}  // namespace

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
  const auto contender = [&](BackendKind backend, at::Device device, const BackendMaker& own_backend) {
    return Contender(rules, {.matches = options.matches,
                             .seed = options.seed,
                             .device = device,
                             .backend = backend,
                             .own_backend = own_backend});
  };
  Contender expected = contender(BackendKind::reference, at::kCPU, {});
  std::vector<Contender> contenders;
  if (options.own_backend) contenders.push_back(contender(BackendKind::automatic, options.device, options.own_backend));
  const bool all = options.backends.empty() && !options.own_backend;
  for (const BackendKind backend : all ? backends_on(options.device) : options.backends)
    contenders.push_back(contender(backend, options.device, {}));

  EquivalenceReport report;
  report.signature = 0xCBF29CE484222325U;
  std::vector<reference::GameState> before = expected.games();
  at::Tensor action = at::zeros({2, options.matches, rules.players, action_size});
  for (std::int64_t step = 0;; ++step) {
    add_to(report.signature, expected.simulator.state().bodies);
    const at::Tensor seen_by_players = expected.simulator.observe_players();
    for (const Contender& each : contenders) {
      report.mismatch = compare(expected, seen_by_players, each, step);
      if (!report.mismatch) continue;
      report.backend = each.simulator.backend();
      break;
    }
    if (report.mismatch && report.mismatch->match >= 0) {
      report.before = before[static_cast<std::size_t>(report.mismatch->match)];
      report.actions = to_actions(rules, action, report.mismatch->match);
    }
    if (report.mismatch || step == steps) break;

    report.resets += expected.result.terminated.sum().item<std::int64_t>();
    expected.simulator.reset(expected.result.terminated);
    for (Contender& each : contenders) each.simulator.reset(each.result.terminated);
    before = expected.games();
    std::vector<reference::Actions> actions;
    for (const reference::GameState& game : before) actions.push_back(mixed_actions(rules, game, step));
    action = to_action(rules, actions);
    expected.step(action);
    for (Contender& each : contenders) each.step(action);
    report.match_steps += options.matches;
    report.goals += expected.result.reward.abs().ge(1.0).sum().item<std::int64_t>();
  }
  report.nonfinite_actions = expected.simulator.nonfinite_actions().item<std::int64_t>();
  return report;
}

}  // namespace matchday
