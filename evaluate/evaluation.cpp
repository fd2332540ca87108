#include "evaluate/evaluation.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace matchday {
namespace {

/// Plays the block that begins with match `first`, `a` against `b`; tallies its first `counted` matches for `a`.
MatchTally play_block(const Rules& rules, const Policy& a, const Policy& b, const EvaluationOptions& options,
                      std::int64_t first, std::int64_t counted) {
  Simulator simulator(
      rules, {.matches = matches_in_block, .seed = options.seed, .first_match = first, .device = options.device});
  MatchStatistics statistics = no_statistics(rules, matches_in_block, options.device);
  const MatchState start = clone(simulator.state());
  std::vector<at::Tensor> actions;
  for (int t = 0; t < rules.steps; ++t) {
    const MatchState before = clone(simulator.state());
    const at::Tensor action = act(a, b, simulator);
    simulator.step(action);
    if (options.record) actions.push_back(action.cpu());
    count_step(statistics, rules, before, action, simulator.state());
  }
  const at::Tensor score = simulator.state().score.narrow(1, 0, counted).cpu();
  if (options.record) {
    const auto own = [&](const at::Tensor& tensor) { return tensor.narrow(-1, 0, counted).cpu(); };
    options.record({rules,
                    a.name,
                    b.name,
                    options.seed,
                    own(simulator.match_indices()),
                    {own(start.bodies), own(start.score), own(start.clock), own(start.episode), own(start.potential)},
                    at::stack(actions).narrow(2, 0, counted),
                    {},
                    score});
  }
  const at::Tensor lead = (score[0] - score[1]).contiguous();
  const auto count = [](const at::Tensor& numbers) { return numbers.sum().item<std::int64_t>(); };
  const std::int32_t* leads = lead.const_data_ptr<std::int32_t>();
  return {.wins = count(lead > 0),
          .draws = count(lead == 0),
          .losses = count(lead < 0),
          .goals_for = count(score[0]),
          .goals_against = count(score[1]),
          .steps = counted * rules.steps,
          .own = total(statistics, 0, counted),
          .opponents = total(statistics, 1, counted),
          .leads = {leads, leads + counted}};
}

}  // namespace

double goal_difference(const MatchTally& tally) {
  return tally.matches() == 0
             ? 0.0
             : static_cast<double>(tally.goals_for - tally.goals_against) / static_cast<double>(tally.matches());
}

Metrics play_metrics(const TeamStatistics& team, const MatchTally& tally) {
  const auto per = [](auto sum, std::int64_t of) {
    return of == 0 ? 0.0 : static_cast<double>(sum) / static_cast<double>(of);
  };
  const std::int64_t matches = tally.matches();
  return {{"possession", per(team.possession, tally.steps)},
          {"kicks", per(team.kicks, matches)},
          {"passes", per(team.passes, matches)},
          {"shots", per(team.shots, matches)},
          {"distance_between_mates", per(team.apart, tally.steps)},
          {"goal_kept", per(team.goal_kept, tally.steps)}};
}

MatchTally operator+(const MatchTally& a, const MatchTally& b) {
  MatchTally sum{.wins = a.wins + b.wins,
                 .draws = a.draws + b.draws,
                 .losses = a.losses + b.losses,
                 .goals_for = a.goals_for + b.goals_for,
                 .goals_against = a.goals_against + b.goals_against,
                 .steps = a.steps + b.steps,
                 .own = a.own + b.own,
                 .opponents = a.opponents + b.opponents,
                 .leads = a.leads};
  sum.leads.insert(sum.leads.end(), b.leads.begin(), b.leads.end());
  return sum;
}

MatchTally sides_swapped(const MatchTally& tally) {
  MatchTally other{.wins = tally.losses,
                   .draws = tally.draws,
                   .losses = tally.wins,
                   .goals_for = tally.goals_against,
                   .goals_against = tally.goals_for,
                   .steps = tally.steps,
                   .own = tally.opponents,
                   .opponents = tally.own,
                   .leads = tally.leads};
  for (std::int32_t& lead : other.leads) lead = -lead;
  return other;
}

Evaluation evaluate(const Rules& rules, const Policy& policy, const Policy& opponent,
                    const EvaluationOptions& options) {
  return evaluate(rules, policy, std::vector<Policy>{opponent}, options)[0];
}

std::vector<Evaluation> evaluate(const Rules& rules, const Policy& policy, const std::vector<Policy>& opponents,
                                 const EvaluationOptions& options) {
  // A piece of work is a block of matches of one side against one opponent.
  const std::int64_t blocks = (options.matches + matches_in_block - 1) / matches_in_block;
  const auto pieces = 2 * blocks * static_cast<std::int64_t>(opponents.size());
  std::vector<MatchTally> tallies(static_cast<std::size_t>(pieces));
  const auto play_piece = [&](std::int64_t piece) {
    const at::NoGradGuard no_gradient;
    const Policy& opponent = opponents[static_cast<std::size_t>(piece / (2 * blocks))];
    const bool as_a = piece % (2 * blocks) < blocks;
    const std::int64_t first = piece % blocks * matches_in_block;
    const MatchTally tally = play_block(rules, as_a ? policy : opponent, as_a ? opponent : policy, options, first,
                                        std::min(options.matches - first, matches_in_block));
    tallies[static_cast<std::size_t>(piece)] = as_a ? tally : sides_swapped(tally);
  };
  if (options.thread_pool != nullptr)
    options.thread_pool->parallel_for(pieces, play_piece);
  else
    for (std::int64_t piece = 0; piece < pieces; ++piece) play_piece(piece);

  std::vector<Evaluation> evaluations(opponents.size());
  for (std::int64_t piece = 0; piece < pieces; ++piece) {
    Evaluation& evaluation = evaluations[static_cast<std::size_t>(piece / (2 * blocks))];
    MatchTally& side = piece % (2 * blocks) < blocks ? evaluation.as_a : evaluation.as_b;
    side = side + tallies[static_cast<std::size_t>(piece)];
  }
  return evaluations;
}

double win_share(const MatchTally& tally) {
  const std::int64_t decided = tally.wins + tally.losses;
  return decided == 0 ? 0.5 : static_cast<double>(tally.wins) / static_cast<double>(decided);
}

ShareInterval share_interval(double share, std::int64_t trials) {
  if (trials == 0) return {0.0, 1.0};
  constexpr double z = 1.959964;  // 97.5 % quantile of the normal distribution
  const auto n = static_cast<double>(trials);
  const double middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
  const double margin = z * std::sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n)) / (1.0 + z * z / n);
  return {std::max(middle - margin, 0.0), std::min(middle + margin, 1.0)};
}

}  // namespace matchday
