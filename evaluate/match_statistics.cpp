#include "evaluate/match_statistics.h"

#include <ATen/ATen.h>

#include <limits>

#include "rules/observation.h"

namespace matchday {
namespace {

constexpr std::int64_t nobody = -1;

at::Tensor squared_length(const at::Tensor& x_and_y) { return x_and_y[0] * x_and_y[0] + x_and_y[1] * x_and_y[1]; }

/// The actions' kicks, bounded as the rules do it, each in its team's own view: float32 [2, 2N, B].
at::Tensor allowed_kicks(const Rules& rules, const at::Tensor& action) {
  const std::int64_t n = rules.players;
  const at::Tensor wanted = action.slice(3, 2, 4).permute({3, 0, 2, 1}).reshape({2, 2 * n, -1});
  const at::Tensor finite = at::where(wanted.isfinite(), wanted, 0.0F);
  if (!traits_of(rules.game).unit_actions) {
    const at::Tensor bounded = finite.clamp(-footyai_action_bound, footyai_action_bound);
    return at::cat({bounded.narrow(1, 0, n), -bounded.narrow(1, n, n)}, 1);  // both teams' are given as seen from above
  }
  const at::Tensor scaled = finite / finite.abs().amax(0).clamp_min(1.0);  // first, so that no square overflows
  return scaled / squared_length(scaled).sqrt().clamp_min(1.0);
}

/// Who kicks in a step.
struct Kicks {
  at::Tensor kicker;     ///< int64 [B]: A's players, then B's, or nobody
  at::Tensor by_team;    ///< bool [2, B]
  at::Tensor contested;  ///< bool [B]
  at::Tensor kick;       ///< float32 [2, B]: the kicker's, in its team's own view
};

Kicks find_kicks(const Rules& rules, const MatchState& before, const at::Tensor& action, const MatchState& after) {
  constexpr float out_of_reach = std::numeric_limits<float>::infinity();
  const std::int64_t n = rules.players;
  const bool moves_first = traits_of(rules.game).moves_first;  // and nothing moves players afterwards
  const at::Tensor players = (moves_first ? after : before).bodies.slice(0, 0, 2).narrow(1, 0, 2 * n);
  const at::Tensor squared = squared_length(players - before.bodies.slice(0, 0, 2).narrow(1, 2 * n, 1));
  const float squared_reach = rules.kick_reach * rules.kick_reach;
  const float dead_zone = traits_of(rules.game).unit_actions ? rules.kick_dead_zone : 0.0F;
  const at::Tensor kick = allowed_kicks(rules, action);
  const at::Tensor kicks = (moves_first ? squared < squared_reach : squared <= squared_reach)
                               .logical_and(squared_length(kick) > dead_zone * dead_zone);

  const at::Tensor distance = at::where(kicks, squared, out_of_reach).view({2, n, -1});
  const at::Tensor nearest = distance.amin(1);
  const at::Tensor number = distance.argmin(1);
  const at::Tensor by_team = at::stack({nearest[0] < nearest[1], nearest[1] < nearest[0]});
  const at::Tensor kicker = at::where(by_team[0], number[0], at::where(by_team[1], number[1] + n, nobody));
  const at::Tensor index = kicker.clamp_min(0).expand({2, 1, -1});
  return {kicker, by_team, (nearest[0] == nearest[1]).logical_and(nearest[0] != out_of_reach),
          kick.gather(1, index).squeeze(1)};
}

/// Whether the kick is from near enough and the ball's straight path leads into the mouth of the opponents' goal.
at::Tensor is_shot(const Rules& rules, const MatchState& before, const Kicks& kicks) {
  const at::Tensor from_above = before.bodies.slice(0, 0, 2).select(1, 2 * rules.players);
  const at::Tensor ball = at::where(kicks.by_team[1], -from_above, from_above);
  const at::Tensor x_to_goal = rules.half_length - ball[0];
  const float range = shot_range * rules.half_length;
  const at::Tensor near_enough = x_to_goal * x_to_goal + ball[1] * ball[1] <= range * range;
  // At the goal line y is ball y + kick y / kick x * distance in x. Both sides of the test are multiplied by kick x,
  // so that no kick away from the goal passes.
  const at::Tensor& x = kicks.kick[0];
  const at::Tensor y_at_goal = ball[1] * x + kicks.kick[1] * x_to_goal;
  return near_enough.logical_and(y_at_goal.abs() < rules.goal_half_width * x);
}

/// Whether one of the team's players is nearer to the own goal's middle than the ball is, and near enough to keep it:
/// bool [2, B].
at::Tensor keeps_goal(const Rules& rules, const MatchState& before) {
  const std::int64_t n = rules.players;
  const at::Tensor places = before.bodies.slice(0, 0, 2);
  const float range = keeping_range * rules.half_length;
  const auto kept = [&](std::int64_t first, float goal_x) {
    const auto from_goal = [&](const at::Tensor& place) {
      const at::Tensor x = place[0] - goal_x;
      return x * x + place[1] * place[1];
    };
    const at::Tensor nearest = from_goal(places.narrow(1, first, n)).amin(0);
    return (nearest < from_goal(places.select(1, 2 * n))).logical_and(nearest <= range * range);
  };
  return at::stack({kept(0, -rules.half_length), kept(n, rules.half_length)});
}

}  // namespace

at::Tensor pairs_of_mates(const Rules& rules, at::Device device) {
  return at::triu_indices(rules.players, rules.players, 1, at::kLong).to(device);
}

at::Tensor distance_between_mates(const at::Tensor& pairs, const MatchState& state) {
  if (pairs.size(1) == 0) return at::zeros({2, state.clock.size(0)}, state.bodies.options());
  const std::int64_t players = state.bodies.size(1) - 1;
  const at::Tensor places = state.bodies.slice(0, 0, 2).narrow(1, 0, players).unflatten(1, {2, players / 2});
  const at::Tensor gap = places.index_select(2, pairs[0]) - places.index_select(2, pairs[1]);
  return squared_length(gap).sqrt().mean(1);
}

MatchStatistics no_statistics(const Rules& rules, std::int64_t matches, at::Device device) {
  const at::TensorOptions options = at::TensorOptions(device);
  const auto none = [&] { return at::zeros({2, matches}, options.dtype(at::kInt)); };
  return {.possession = none(),
          .kicks = none(),
          .passes = none(),
          .shots = none(),
          .apart = at::zeros({2, matches}, options.dtype(at::kFloat)),
          .goal_kept = none(),
          .kicker = at::full({matches}, nobody, options.dtype(at::kLong)),
          .last_kicker = at::full({matches}, nobody, options.dtype(at::kLong)),
          .pairs_of_mates = pairs_of_mates(rules, device)};
}

void count_step(MatchStatistics& statistics, const Rules& rules, const MatchState& before, const at::Tensor& action,
                const MatchState& after) {
  const std::int64_t n = rules.players;
  const Kicks kicks = find_kicks(rules, before, action, after);
  const at::Tensor kicked = kicks.kicker != nobody;
  const at::Tensor& last = statistics.last_kicker;
  const at::Tensor passed =
      (last != nobody).logical_and(last != kicks.kicker).logical_and((last < n) == (kicks.kicker < n));
  statistics.kicker = kicks.kicker;
  statistics.kicks += kicks.by_team;
  statistics.passes += kicks.by_team.logical_and(passed);
  statistics.shots += kicks.by_team.logical_and(is_shot(rules, before, kicks));
  statistics.apart += distance_between_mates(statistics.pairs_of_mates, before);
  statistics.goal_kept += keeps_goal(rules, before);

  const at::Tensor owner = at::where(kicks.contested, nobody, at::where(kicked, kicks.kicker, last));
  statistics.possession += at::stack({(owner != nobody).logical_and(owner < n), owner >= n});
  const at::Tensor kick_off = (after.score != before.score).any(0);
  statistics.last_kicker = at::where(kick_off, nobody, owner);
}

TeamStatistics operator+(const TeamStatistics& a, const TeamStatistics& b) {
  return {a.possession + b.possession, a.kicks + b.kicks, a.passes + b.passes,
          a.shots + b.shots,           a.apart + b.apart, a.goal_kept + b.goal_kept};
}

TeamStatistics total(const MatchStatistics& statistics, int team, std::int64_t matches) {
  const auto sum = [&](const at::Tensor& of_both) { return of_both[team].narrow(0, 0, matches).cpu().sum(); };
  const auto count = [&](const at::Tensor& of_both) { return sum(of_both).item<std::int64_t>(); };
  return {count(statistics.possession),
          count(statistics.kicks),
          count(statistics.passes),
          count(statistics.shots),
          statistics.apart[team].narrow(0, 0, matches).cpu().to(at::kDouble).sum().item<double>(),
          count(statistics.goal_kept)};
}

}  // namespace matchday
