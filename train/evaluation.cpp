#include "train/evaluation.h"

#include <ATen/ATen.h>

#include <cmath>

namespace matchday {
namespace {

/// One whole match at every place, `a` against `b`; the tally is a's.
MatchTally play(const Rules& rules, const Policy& a, const Policy& b, const EvaluationOptions& options) {
  const at::NoGradGuard no_gradient;
  Simulator simulator(rules, {.matches = options.matches, .seed = options.seed, .device = options.device});
  for (int t = 0; t < rules.steps; ++t) simulator.step(act(a, b, simulator));
  const at::Tensor score = simulator.state().score.cpu();
  const at::Tensor lead = score[0] - score[1];
  const auto count = [](const at::Tensor& numbers) { return numbers.sum().item<std::int64_t>(); };
  return {count(lead > 0), count(lead == 0), count(lead < 0), count(score[0]), count(score[1])};
}

MatchTally turned(const MatchTally& tally) {
  return {tally.losses, tally.draws, tally.wins, tally.goals_against, tally.goals_for};
}

}  // namespace

double goal_difference(const MatchTally& tally) {
  return tally.matches() == 0
             ? 0.0
             : static_cast<double>(tally.goals_for - tally.goals_against) / static_cast<double>(tally.matches());
}

MatchTally operator+(const MatchTally& a, const MatchTally& b) {
  return {a.wins + b.wins, a.draws + b.draws, a.losses + b.losses, a.goals_for + b.goals_for,
          a.goals_against + b.goals_against};
}

Evaluation evaluate(const Rules& rules, const Policy& policy, const Policy& opponent,
                    const EvaluationOptions& options) {
  return {play(rules, policy, opponent, options), turned(play(rules, opponent, policy, options))};
}

double win_share(const MatchTally& tally) {
  const std::int64_t decided = tally.wins + tally.losses;
  return decided == 0 ? 0.5 : static_cast<double>(tally.wins) / static_cast<double>(decided);
}

double share_margin(double share, std::int64_t trials) {
  if (trials == 0) return 1.0;
  constexpr double z = 1.959964;  // 97.5 % quantile of the normal distribution
  const auto n = static_cast<double>(trials);
  return z * std::sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n)) / (1.0 + z * z / n);
}

}  // namespace matchday
