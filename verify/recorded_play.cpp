#include "verify/recorded_play.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rules/bad_input.h"
#include "rules/fields.h"
#include "rules/observation.h"
#include "sim/simulator.h"

namespace matchday {
namespace {

/// The largest number that a recording may hold; far beyond any in play, and whole numbers up to it fit an int.
constexpr double largest_number = 1e6;

/// Footyai-v2 was recorded at iteration 1250 of 5000 over which its shaping faded.
constexpr float shaping_of_v2 = 0.75F;

/// M matches at K moments, as recorded or as played by us: float64, positions from the centre of the pitch.
struct Play {
  at::Tensor player_position;  ///< [K, M, 2N, 2]
  at::Tensor player_velocity;  ///< [K, M, 2N, 2]; undefined where it was not recorded
  at::Tensor ball_position;    ///< [K, M, 2]
  at::Tensor ball_velocity;    ///< [K, M, 2]
  at::Tensor score;            ///< [K, M, 2]
  at::Tensor time;             ///< [K, M] steps left; undefined where it was not recorded
  at::Tensor observation;      ///< [K, M, D - 2]: all but the team's one-hot
  at::Tensor reward;           ///< [K, M] of the step that led to this moment, 0 at the first
  at::Tensor done;             ///< [K, M] likewise
};

struct Series {
  const char* name;
  at::Tensor Play::*numbers;
};

constexpr Series all_series[] = {
    {"player position", &Play::player_position},
    {"player velocity", &Play::player_velocity},
    {"ball position", &Play::ball_position},
    {"ball velocity", &Play::ball_velocity},
    {"score", &Play::score},
    {"time", &Play::time},
    {"observation", &Play::observation},
    {"reward", &Play::reward},
    {"done", &Play::done},
};

struct Recorded {
  Play play;          ///< K = T + 1
  at::Tensor action;  ///< float64 [T, M, 2N, 4]
};

bool is_v1(const Rules& rules) { return rules.game == Game::footyai_v1; }

at::Tensor half_pitch(const Rules& rules) { return at::tensor({rules.half_length, rules.half_width}, at::kDouble); }

// Reading

at::Tensor find(const RecordedPlay& recording, const std::string& name) {
  const auto found = recording.find(name);
  if (found == recording.end() || !found->second.defined())
    throw BadInput(fmt::format("the recording has no tensor {}", name));
  return found->second;
}

at::Tensor read(const RecordedPlay& recording, const std::string& name, at::ScalarType type, at::IntArrayRef shape) {
  const at::Tensor tensor = find(recording, name);
  if (tensor.scalar_type() != type || tensor.sizes() != shape)
    throw BadInput(fmt::format("the recording's {} is {} [{}] but must be {} [{}]", name,
                               c10::toString(tensor.scalar_type()), fmt::join(tensor.sizes(), ", "),
                               c10::toString(type), fmt::join(shape, ", ")));
  at::Tensor numbers = tensor.to(at::kCPU, at::kDouble);
  if (!numbers.abs().le(largest_number).all().item<bool>())
    throw BadInput(
        fmt::format("the recording's {} holds a number that is not finite or beyond +-{}", name, largest_number));
  return numbers;
}

Recorded read(const Rules& rules, const RecordedPlay& recording) {
  if (const auto text = problem(rules)) throw BadInput(*text);
  if (rules.game == Game::arena) throw BadInput("only footyai-v1 and footyai-v2 have recorded play");
  const at::ScalarType real = is_v1(rules) ? at::kDouble : at::kFloat;
  const at::Tensor actions = find(recording, "actions");
  const std::int64_t t = rules.steps;
  const std::int64_t m = actions.dim() > 1 ? actions.size(1) : 1;
  const std::int64_t players = 2 * rules.players;
  const at::Tensor corner = half_pitch(rules);
  const auto of_steps = [&](const std::string& name, at::ScalarType type) {
    return at::cat({at::zeros({1, m}, at::kDouble), read(recording, name, type, {t, m})});
  };

  Play play;
  play.player_position = read(recording, "player_pos", real, {t + 1, m, players, 2}) - corner;
  play.ball_position = read(recording, "ball_pos", real, {t + 1, m, 2}) - corner;
  play.ball_velocity = read(recording, "ball_vel", real, {t + 1, m, 2});
  play.score = read(recording, "score", real, {t + 1, m, 2});
  play.observation = read(recording, "obs", real, {t + 1, m, observation_size(rules) - 2});
  play.reward = of_steps("reward", real);
  play.done = of_steps("done", at::kByte);
  if (is_v1(rules)) {
    play.player_velocity = read(recording, "player_vel", real, {t + 1, m, players, 2});
    play.time = read(recording, "time_remaining", real, {t + 1, m});
  }
  return {play, read(recording, "actions", at::kFloat, {t, m, players, action_size})};
}

// From recorded states to ours

/// The shaping potential before each step: [T, M]. Footyai-v2 measures it after the players move and before the ball
/// does, so a state's potential uses its own players and the ball of the state before.
at::Tensor potential(const Rules& rules, const Play& play) {
  const std::int64_t t = rules.steps;
  at::Tensor ball = play.ball_position.narrow(0, 0, t);
  if (!is_v1(rules)) ball = at::cat({ball.narrow(0, 0, 1), ball.narrow(0, 0, t - 1)});
  const at::Tensor distance = (play.player_position.narrow(0, 0, t) - ball.unsqueeze(2)).norm(2, -1);
  const at::Tensor mean = distance.unflatten(-1, {2, rules.players}).mean(-1);
  return (mean.select(-1, 1) - mean.select(-1, 0)) * rules.shaping_mean;
}

RecordedSteps steps_of(const Rules& rules, const Recorded& recorded) {
  const Play& play = recorded.play;
  const std::int64_t t = rules.steps;
  const std::int64_t m = play.score.size(1);
  const at::Tensor velocity =
      play.player_velocity.defined() ? play.player_velocity : at::zeros_like(play.player_position);
  const at::Tensor bodies = at::cat({at::cat({play.player_position, play.ball_position.unsqueeze(2)}, 2),
                                     at::cat({velocity, play.ball_velocity.unsqueeze(2)}, 2)},
                                    -1);
  const at::Tensor clock =
      play.time.defined() ? rules.steps - play.time : at::arange(t + 1, at::kDouble).unsqueeze(1).expand({t + 1, m});

  const auto batched = [&](const at::Tensor& numbers) { return numbers.narrow(0, 0, t).flatten(0, 1); };
  RecordedSteps steps;
  steps.from.bodies = batched(bodies).permute({2, 1, 0}).to(at::kFloat).contiguous();
  steps.from.score = batched(play.score).t().round().to(at::kInt).contiguous();
  steps.from.clock = batched(clock).round().to(at::kInt);
  steps.from.episode = at::zeros({t * m}, at::kInt);
  steps.from.potential = batched(potential(rules, play)).to(at::kFloat);
  steps.action = batched(recorded.action).unflatten(1, {2, rules.players}).transpose(0, 1).to(at::kFloat).contiguous();
  steps.shaping = at::scalar_tensor(is_v1(rules) ? 1.0F : shaping_of_v2, at::kFloat);
  return steps;
}

// From our states back to the recorded form

/// The simulator's T * M matches as T moments of M matches, with the results of the step that led to them.
Play play_of(const Simulator& simulator, const StepResult& result) {
  const std::int64_t players = 2 * simulator.rules().players;
  const auto moments = [&](const at::Tensor& numbers) {
    return numbers.to(at::kCPU, at::kDouble).unflatten(0, {simulator.rules().steps, -1});
  };
  const MatchState& state = simulator.state();
  const at::Tensor bodies = moments(state.bodies.permute({2, 1, 0}));
  const at::Tensor body = bodies.narrow(2, 0, players);
  const at::Tensor ball = bodies.select(2, players);
  const at::Tensor seen_by_a = simulator.observe()[0];
  return {body.narrow(-1, 0, 2),
          body.narrow(-1, 2, 2),
          ball.narrow(-1, 0, 2),
          ball.narrow(-1, 2, 2),
          moments(state.score.t()),
          moments(simulator.rules().steps - state.clock),
          moments(seen_by_a.narrow(-1, 0, seen_by_a.size(-1) - 2)),
          moments(result.reward),
          moments(result.terminated)};
}

/// The first moment as set from the recording, then the moment after each step.
Play played(const Rules& rules, const RecordedSteps& steps, at::Device device) {
  const MatchState& from = steps.from;
  const std::int64_t b = from.clock.size(0);
  Simulator simulator(rules, {.matches = b, .device = device});
  simulator.set_state({from.bodies.to(device), from.score.to(device), from.clock.to(device), from.episode.to(device),
                       from.potential.to(device)});
  const Play before = play_of(simulator, {at::zeros({b}), at::zeros({b})});
  const Play after = play_of(simulator, simulator.step(steps.action.to(device), steps.shaping.to(device)));
  Play play;
  for (const auto& [name, numbers] : all_series)
    play.*numbers = at::cat({(before.*numbers).narrow(0, 0, 1), after.*numbers});
  return play;
}

/// Which moments come after a step in which a kick, a wall or a goal was decided by less than the tolerance, as
/// computed in float64 from the recording: bool [T + 1, M].
at::Tensor near_threshold(const Rules& rules, const Recorded& recorded) {
  const std::int64_t t = rules.steps;
  const at::Tensor limit = half_pitch(rules);
  const at::Tensor player = recorded.play.player_position.narrow(0, 0, t);
  const at::Tensor ball = recorded.play.ball_position.narrow(0, 0, t);
  const at::Tensor velocity = recorded.play.ball_velocity.narrow(0, 0, t);

  // Footyai-v1 finds kickers before the players move and adds up their kicks; v2 finds them after and takes the mean.
  const at::Tensor moved =
      at::minimum(at::maximum(player + recorded.action.narrow(-1, 0, 2) * rules.player_speed, -limit), limit);
  const at::Tensor distance = ((is_v1(rules) ? player : moved) - ball.unsqueeze(2)).norm(2, -1);
  const at::Tensor kicks = is_v1(rules) ? distance <= rules.kick_reach : distance < rules.kick_reach;
  const at::Tensor kickers = kicks.sum(2).unsqueeze(-1);
  const at::Tensor sum = (recorded.action.narrow(-1, 2, 2) * kicks.unsqueeze(-1)).sum(2) * rules.kick_speed;
  const at::Tensor kicked =
      is_v1(rules) ? velocity + sum : at::where(kickers > 0, sum / kickers.clamp_min(1), velocity * rules.ball_keep);

  const at::Tensor place = (ball + kicked).abs();  // before walls clamp it
  const auto close = [](const at::Tensor& number, double threshold) {
    return (number - threshold).abs() <= recorded_tolerance;
  };
  const at::Tensor x = place.select(-1, 0);
  const at::Tensor y = place.select(-1, 1);
  const at::Tensor at_end = x >= rules.half_length - recorded_tolerance;
  const at::Tensor near = close(distance, rules.kick_reach).any(2) | close(x, rules.half_length) |
                          close(y, rules.half_width) | (at_end & close(y, rules.goal_half_width));
  return at::cat({at::zeros_like(near.narrow(0, 0, 1)), near});
}

Mismatch mismatch_at(const char* field, const at::Tensor& recorded, const at::Tensor& ours, const at::Tensor& wrong) {
  const at::Tensor place = wrong.nonzero()[0];
  const auto index = [&](int k) { return place[k].item<std::int64_t>(); };
  const auto number = [&](const at::Tensor& t) { return t[index(0)][index(1)][index(2)].item<double>(); };
  return {index(1), index(0), field, index(2), number(recorded), number(ours)};
}

}  // namespace

RecordedSteps recorded_steps(const Rules& rules, const RecordedPlay& recording) {
  return steps_of(rules, read(rules, recording));
}

RecordedReport check_recorded_play(const Rules& rules, const RecordedPlay& recording, at::Device device) {
  const Recorded recorded = read(rules, recording);
  const Play ours = played(rules, steps_of(rules, recorded), device);
  const at::Tensor near = near_threshold(rules, recorded);
  at::Tensor differing = at::zeros_like(near);

  RecordedReport report;
  report.steps = near.numel() - near.size(1);  // the first moment has no step
  report.near_threshold = near.sum().item<std::int64_t>();
  for (const auto& [name, numbers] : all_series) {
    if (!(recorded.play.*numbers).defined()) continue;
    const at::Tensor theirs_flat = (recorded.play.*numbers).reshape({near.size(0), near.size(1), -1});
    const at::Tensor ours_flat = (ours.*numbers).reshape(theirs_flat.sizes());
    const at::Tensor error = (ours_flat - theirs_flat).abs();
    const at::Tensor wrong = error > recorded_tolerance;
    differing |= wrong.any(2);
    report.worst_error[name] = error.masked_fill(near.unsqueeze(-1), 0.0).max().item<double>();
    const at::Tensor inexcusable = wrong & ~near.unsqueeze(-1);
    if (!inexcusable.any().item<bool>()) continue;
    const Mismatch mismatch = mismatch_at(name, theirs_flat, ours_flat, inexcusable);
    if (!report.mismatch || mismatch.step < report.mismatch->step) report.mismatch = mismatch;
  }
  report.near_threshold_differing = (differing & near).sum().item<std::int64_t>();
  return report;
}

}  // namespace matchday
