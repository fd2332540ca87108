#include "evaluate/match_statistics.h"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "rules/observation.h"
#include "sim/reference_states.h"
#include "sim/simulator.h"
#include "tests/support/catch.h"
#include "tests/support/scenarios.h"

using namespace matchday;

namespace {

using reference::Vec;
using Counts = std::array<std::int64_t, 2>;  // A's, B's

/// A player's position and kick: A's players are 0 to N-1, B's N to 2N-1.
struct Deed {
  int player;
  Vec place;
  Vec kick;  ///< in its team's own view
  Vec move{};
};

/// One match, counted from states written by hand instead of played ones.
struct Match {
  Rules rules;
  MatchStatistics statistics = no_statistics(rules, 1, at::kCPU);
  MatchState state = no_play(rules);

  static MatchState no_play(const Rules& rules) {
    MatchState state = empty_state(rules.players, 1, at::kCPU);
    for (at::Tensor* tensor : {&state.bodies, &state.score, &state.clock, &state.episode, &state.potential})
      tensor->zero_();
    return state;
  }

  /// Players without a deed stand far from the ball and do nothing. goal: scored in this step, +1 by A, -1 by B.
  void step(Vec ball, const std::vector<Deed>& deeds, int goal = 0) {
    const int n = rules.players;
    MatchState before = clone(state);
    at::Tensor action = at::zeros({2, 1, n, action_size});
    before.bodies.slice(0, 0, 2).fill_(ball.x > 0.0F ? -20.0F : 20.0F);
    const auto place = [](const MatchState& match, int body, Vec at) {
      match.bodies[row_x][body][0] = at.x;
      match.bodies[row_y][body][0] = at.y;
    };
    place(before, 2 * n, ball);
    MatchState after = clone(before);
    for (const Deed& deed : deeds) {
      const int team = deed.player / n;
      place(before, deed.player, deed.place);
      place(after, deed.player, deed.place + deed.move * rules.player_speed);
      const float numbers[] = {deed.move.x, deed.move.y, deed.kick.x, deed.kick.y};
      const bool rotated = team == 1 && !sees_own_side(rules);
      for (int k = 0; k < 4; ++k) action[team][0][deed.player % n][k] = rotated && k >= 2 ? -numbers[k] : numbers[k];
    }
    if (goal != 0) after.score[goal > 0 ? 0 : 1] += 1;
    state.score.copy_(after.score);
    count_step(statistics, rules, before, action, after);
  }

  Counts count(at::Tensor MatchStatistics::*field) const {
    const at::Tensor& counted = statistics.*field;
    return {counted[0][0].item<std::int64_t>(), counted[1][0].item<std::int64_t>()};
  }
};

constexpr Vec forward{1.0F, 0.0F};

/// A scalar recount's state of one match.
struct Recount {
  std::array<std::int64_t, 2> possession{}, kicks{}, passes{}, shots{};
  std::array<double, 2> apart{};
  std::array<std::int64_t, 2> goal_kept{};
  int last = -1;
};

/// The kick as the game limits it, in the own view.
Vec allowed_kick(const Rules& rules, Vec wanted) {
  const auto finite = [](float number) { return std::isfinite(number) ? number : 0.0F; };
  Vec kick{finite(wanted.x), finite(wanted.y)};
  if (rules.game == Game::arena) {
    const double length = std::hypot(double{kick.x}, double{kick.y});
    if (length > 1.0) kick = {static_cast<float>(kick.x / length), static_cast<float>(kick.y / length)};
    return kick;
  }
  return {std::clamp(kick.x, -1000.0F, 1000.0F), std::clamp(kick.y, -1000.0F, 1000.0F)};
}

void recount_step(Recount& recount, const Rules& rules, const reference::GameState& before,
                  const reference::Actions& actions, const reference::GameState& after) {
  const int n = rules.players;
  float nearest = std::numeric_limits<float>::infinity();
  int kicker = -1;
  bool contested = false;
  for (int k = 0; k < 2 * n; ++k) {
    const auto team = static_cast<std::size_t>(k / n), i = static_cast<std::size_t>(k % n);
    const bool moved = rules.game == Game::footyai_v2;
    const Vec gap = (moved ? after : before).players[team][i].position - before.ball.position;
    const float squared = dot(gap, gap), reach = rules.kick_reach * rules.kick_reach;
    const Vec kick = allowed_kick(rules, actions[team][i].kick);
    const float dead = rules.game == Game::arena ? rules.kick_dead_zone : 0.0F;
    if (moved ? squared >= reach : squared > reach) continue;
    if (dot(kick, kick) <= dead * dead) continue;
    if (squared == nearest && (k < n) != (kicker < n)) contested = true;
    if (squared >= nearest) continue;
    nearest = squared;
    kicker = k;
    contested = false;
  }
  if (contested) {
    recount.last = -1;
  } else if (kicker >= 0) {
    const auto team = static_cast<std::size_t>(kicker / n);
    ++recount.kicks[team];
    if (recount.last >= 0 && recount.last != kicker && (recount.last < n) == (kicker < n)) ++recount.passes[team];
    recount.last = kicker;
    const double rotation = team == 0 ? 1.0 : -1.0;
    const Vec kick = allowed_kick(rules, actions[team][static_cast<std::size_t>(kicker % n)].kick);
    const double view = sees_own_side(rules) ? 1.0 : rotation;
    const double x = rotation * before.ball.position.x, y = rotation * before.ball.position.y, l = rules.half_length;
    const double kick_x = view * kick.x, kick_y = view * kick.y;
    if (std::hypot(l - x, y) <= 0.75 * l && kick_x > 0.0 &&
        std::abs(y + kick_y / kick_x * (l - x)) < rules.goal_half_width)
      ++recount.shots[team];
  }
  if (recount.last >= 0) ++recount.possession[recount.last < n ? 0 : 1];
  if (after.score != before.score) recount.last = -1;
  for (std::size_t team = 0; team < 2; ++team) {
    double sum = 0.0;
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < i; ++j) {
        const auto& players = before.players[team];
        sum += length(players[static_cast<std::size_t>(i)].position - players[static_cast<std::size_t>(j)].position);
      }
    if (n > 1) recount.apart[team] += sum / (0.5 * n * (n - 1));
    const Vec goal{team == 0 ? -rules.half_length : rules.half_length, 0.0F};
    float nearest_to_goal = std::numeric_limits<float>::infinity();
    for (int i = 0; i < n; ++i) {
      const Vec gap = before.players[team][static_cast<std::size_t>(i)].position - goal;
      nearest_to_goal = std::min(nearest_to_goal, dot(gap, gap));
    }
    const Vec gap = before.ball.position - goal;
    const float range = 0.3F * rules.half_length;
    recount.goal_kept[team] += nearest_to_goal < dot(gap, gap) && nearest_to_goal <= range * range;
  }
}

}  // namespace

TEST_CASE("the ball is nobody's until it is touched, and then the last kicker's team's") {
  Match match{preset_with("arena", 2)};
  match.step({}, {});
  CHECK(match.count(&MatchStatistics::possession) == Counts{0, 0});
  match.step({}, {{0, {2.0F, 0.0F}, forward}});
  match.step({}, {});  // A still has the ball
  CHECK(match.count(&MatchStatistics::possession) == Counts{2, 0});
  match.step({}, {{0, {2.0F, 0.0F}, forward}, {3, {0.0F, 1.9F}, forward}});  // B's player 1 is nearer
  CHECK(match.count(&MatchStatistics::kicks) == Counts{1, 1});
  match.step({}, {{1, {2.0F, 0.0F}, forward}}, +1);  // counts, before the kick-off after the goal
  CHECK(match.count(&MatchStatistics::possession) == Counts{3, 1});
  match.step({}, {});
  CHECK(match.count(&MatchStatistics::possession) == Counts{3, 1});
  match.step({}, {{2, {2.0F, 0.0F}, forward}, {1, {-2.0F, 0.0F}, forward}});  // equally near: contested
  match.step({}, {{2, {2.0F, 0.0F}, forward}});
  match.step({}, {{2, {2.0F, 0.0F}, forward}, {1, {-2.0F, 0.0F}, forward}});
  match.step({}, {});
  CHECK(match.count(&MatchStatistics::kicks) == Counts{2, 2});
  CHECK(match.count(&MatchStatistics::possession) == Counts{3, 2});
}

TEST_CASE("a kick is one from within reach, longer than the dead zone") {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  constexpr float infinite = std::numeric_limits<float>::infinity();
  const auto kicks = [](const Rules& rules, Vec place, Vec kick) {
    Match match{rules};
    match.step({1.0F, 0.0F}, {{0, Vec{1.0F, 0.0F} + place, kick}});
    return match.count(&MatchStatistics::kicks)[0] == 1;
  };
  const Rules rules = preset_with("arena", 3);
  CHECK(kicks(rules, {3.0F, 0.0F}, forward));
  CHECK(!kicks(rules, {3.01F, 0.0F}, forward));
  CHECK(kicks(rules, {2.0F, 0.0F}, {0.0F, -0.11F}));
  CHECK(!kicks(rules, {2.0F, 0.0F}, {0.0F, 0.1F}));
  CHECK(kicks(rules, {2.0F, 0.0F}, {3e38F, -3e38F}));
  CHECK(!kicks(rules, {2.0F, 0.0F}, {nan, 0.05F}));
  CHECK(!kicks(rules, {2.0F, 0.0F}, {infinite, -infinite}));
  CHECK(kicks(rules, {2.0F, 0.0F}, {nan, 0.2F}));
  for (const char* preset : {"footyai-v1", "footyai-v2"}) {
    CHECK(kicks(preset_with(preset, 3), {2.0F, 0.0F}, {0.0F, 0.001F}));
    CHECK(!kicks(preset_with(preset, 3), {2.0F, 0.0F}, {0.0F, 0.0F}));
    CHECK(!kicks(preset_with(preset, 3), {3.1F, 0.0F}, forward));
  }
  CHECK(kicks(preset_with("footyai-v1", 3), {3.0F, 0.0F}, forward));
  CHECK(!kicks(preset_with("footyai-v2", 3), {3.0F, 0.0F}, forward));  // too far
  // In FootyAI's second game players move before they kick.
  Match first{preset_with("footyai-v1", 1)}, second{preset_with("footyai-v2", 1)};
  for (Match* match : {&first, &second}) match->step({}, {{0, {4.0F, 0.0F}, forward, {-1.0F, 0.0F}}});
  CHECK(first.count(&MatchStatistics::kicks) == Counts{0, 0});
  CHECK(second.count(&MatchStatistics::kicks) == Counts{1, 0});
}

TEST_CASE("a pass is a kick whose next kick is a mate's before the next kick-off") {
  const Vec near{2.0F, 0.0F};
  Match match{preset_with("arena", 2)};
  match.step({}, {{0, near, forward}});
  match.step({}, {{0, near, forward}});  // to itself
  CHECK(match.count(&MatchStatistics::passes) == Counts{0, 0});
  match.step({}, {});
  match.step({}, {{1, near, forward}});
  CHECK(match.count(&MatchStatistics::passes) == Counts{1, 0});
  match.step({}, {{2, near, forward}});  // to an opponent
  match.step({}, {{0, near, forward}});
  CHECK(match.count(&MatchStatistics::passes) == Counts{1, 0});
  match.step({}, {{3, near, forward}});
  match.step({}, {{2, near, forward}});
  match.step({}, {{3, near, forward}}, -1);  // a pass, and a goal
  CHECK(match.count(&MatchStatistics::passes) == Counts{1, 2});
  match.step({}, {{2, near, forward}});  // after the kick-off
  CHECK(match.count(&MatchStatistics::passes) == Counts{1, 2});
  match.step({}, {{0, near, forward}, {3, {0.0F, 2.0F}, forward}});  // contested, so no pass by B
  match.step({}, {{3, near, forward}});
  CHECK(match.count(&MatchStatistics::passes) == Counts{1, 2});
  CHECK(match.count(&MatchStatistics::kicks) == Counts{4, 6});
}

TEST_CASE("a shot is a kick from near enough, straight into the mouth of the other goal") {
  for (const Preset& preset : presets)
    for (const int team : {0, 1}) {
      const Rules rules = preset_with(preset.name, 4);
      const float l = rules.half_length, g = rules.goal_half_width;
      // ball, kick: in the kicking team's own view
      const auto is_shot = [&, team = team](Vec ball, Vec kick) {
        Match match{rules};
        const Vec from_above = team == 0 ? ball : Vec{-ball.x, -ball.y};
        match.step(from_above, {{team * 4 + 2, from_above, kick}});
        const Counts shots = match.count(&MatchStatistics::shots);
        CHECK(shots[static_cast<std::size_t>(1 - team)] == 0);
        CHECK(match.count(&MatchStatistics::kicks)[static_cast<std::size_t>(team)] == 1);
        return shots[static_cast<std::size_t>(team)] == 1;
      };
      INFO(preset.name << ", team " << team);
      CHECK(is_shot({0.26F * l, 0.0F}, forward));
      CHECK(!is_shot({0.24F * l, 0.0F}, forward));
      CHECK(!is_shot({0.26F * l, 0.3F * l}, {0.74F * l, -0.3F * l}));  // too far, but not in x alone
      CHECK(is_shot({l - 10.0F, g + 1.0F}, {10.0F, -2.0F}));
      CHECK(!is_shot({l - 10.0F, g - 1.0F}, {10.0F, 2.0F}));
      CHECK(is_shot({l - 10.0F, -g + 1.0F}, {1.0F, -0.05F}));
      CHECK(!is_shot({l - 10.0F, -g + 1.0F}, {1.0F, -0.15F}));
      CHECK(is_shot({l - 10.0F, 0.0F}, {1.0F, 1.0F}) == (g > 10.0F));
      CHECK(is_shot({l - 10.0F, 2.0F}, {3e38F, 0.0F}));
      CHECK(!is_shot({l - 10.0F, 0.0F}, {0.0F, 1.0F}));
      CHECK(!is_shot({l - 10.0F, 0.0F}, {-1.0F, 0.0F}));
      CHECK(!is_shot({-l + 10.0F, 0.0F}, {-1.0F, 0.0F}));  // at the own goal
    }
}

TEST_CASE("mates' distance is the mean over their pairs") {
  Match trio{preset_with("arena", 3)};
  for (int step = 0; step < 2; ++step)
    trio.step({}, {{0, {0.0F, 0.0F}, {}},
                   {1, {3.0F, 0.0F}, {}},
                   {2, {0.0F, 4.0F}, {}},
                   {3, {6.0F, 0.0F}, {}},
                   {4, {6.0F, 0.0F}, {}},
                   {5, {0.0F, 8.0F}, {}}});
  CHECK(trio.statistics.apart[0][0].item<double>() == Approx(2 * (3.0 + 4.0 + 5.0) / 3.0));
  CHECK(trio.statistics.apart[1][0].item<double>() == Approx(2 * (0.0 + 10.0 + 10.0) / 3.0));
  Match alone{preset_with("arena", 1)};
  alone.step({}, {});
  CHECK(alone.statistics.apart.eq(0.0).all().item<bool>());
}

TEST_CASE("a goal is kept while a player is nearer to it than the ball is, and near enough") {
  for (const int team : {0, 1}) {
    const auto kept = [&](Vec ball, Vec keeper) {  // in that team's own view
      Match match{preset_with("arena", 2)};
      const auto from_above = [&](Vec place) { return team == 0 ? place : Vec{-place.x, -place.y}; };
      match.step(from_above(ball), {{2 * team + 1, from_above(keeper), {}}});
      CHECK(match.count(&MatchStatistics::goal_kept)[static_cast<std::size_t>(1 - team)] == 0);
      return match.count(&MatchStatistics::goal_kept)[static_cast<std::size_t>(team)] == 1;
    };
    INFO("team " << team);
    CHECK(kept({5.0F, 0.0F}, {-35.0F, 0.0F}));
    CHECK(kept({5.0F, 0.0F}, {-40.0F, 12.0F}));
    CHECK(!kept({5.0F, 0.0F}, {-40.0F, 12.1F}));
    CHECK(!kept({5.0F, 0.0F}, {-27.9F, 0.0F}));
    CHECK(kept({-35.0F, 0.0F}, {-40.0F, -4.9F}));   // the ball is near too
    CHECK(!kept({-35.0F, 0.0F}, {-40.0F, -5.1F}));  // the ball is nearer
    CHECK(!kept({-35.0F, 0.0F}, {-40.0F, -5.0F}));  // equally near
  }
}

TEST_CASE("the statistics of matches are what a scalar recount finds", "[slow]") {
  constexpr std::int64_t matches = 40;
  Counts passes{}, shots{}, kept{};
  for (const Preset& preset : presets)
    for (const int players : {1, 2, 5, 11}) {
      const Rules rules = preset_with(preset.name, players);
      Simulator simulator(rules, {.matches = matches, .seed = 4});
      MatchStatistics statistics = no_statistics(rules, matches, at::kCPU);
      std::vector<Recount> recounts(matches);
      const auto games = [&] {
        return to_game_states(rules, simulator.state(), simulator.seed(), simulator.match_indices());
      };
      for (int step = 0; step < rules.steps; ++step) {
        const std::vector<reference::GameState> before = games();
        const MatchState unstepped = clone(simulator.state());
        const at::Tensor action = mixed_actions(rules, before, step);
        simulator.step(action);
        count_step(statistics, rules, unstepped, action, simulator.state());
        const std::vector<reference::GameState> after = games();
        for (std::size_t b = 0; b < recounts.size(); ++b)
          recount_step(recounts[b], rules, before[b], to_actions(rules, action, static_cast<std::int64_t>(b)),
                       after[b]);
      }
      INFO(preset.name << ", " << players << " a side");
      for (int team = 0; team < 2; ++team) {
        TeamStatistics sum;
        for (std::size_t b = 0; b < recounts.size(); ++b) {
          const auto t = static_cast<std::size_t>(team);
          const Recount& recount = recounts[b];
          const auto counted = [&](const at::Tensor& of_both) {
            return of_both[team][static_cast<std::int64_t>(b)].item<std::int64_t>();
          };
          CHECK(counted(statistics.possession) == recount.possession[t]);
          CHECK(counted(statistics.kicks) == recount.kicks[t]);
          CHECK(counted(statistics.passes) == recount.passes[t]);
          CHECK(counted(statistics.shots) == recount.shots[t]);
          CHECK(counted(statistics.goal_kept) == recount.goal_kept[t]);
          CHECK(statistics.apart[team][static_cast<std::int64_t>(b)].item<double>() ==
                Approx(recount.apart[t]).epsilon(1e-4));
          if (b < 7)
            sum = sum + TeamStatistics{recount.possession[t], recount.kicks[t], recount.passes[t],
                                       recount.shots[t],      recount.apart[t], recount.goal_kept[t]};
          passes[t] += recount.passes[t];
          shots[t] += recount.shots[t];
          kept[t] += recount.goal_kept[t];
        }
        const TeamStatistics first_seven = total(statistics, team, 7);
        CHECK(first_seven.possession == sum.possession);
        CHECK(first_seven.kicks == sum.kicks);
        CHECK(first_seven.passes == sum.passes);
        CHECK(first_seven.shots == sum.shots);
        CHECK(first_seven.apart == Approx(sum.apart).epsilon(1e-4));
        CHECK(first_seven.goal_kept == sum.goal_kept);
      }
    }
  for (const std::size_t team : {0, 1}) {
    CHECK(passes[team] > 100);
    CHECK(shots[team] > 50);
    CHECK(kept[team] > 100);
  }
}

TEST_CASE("arena plays the same where only the counted kicker kicks") {
  constexpr std::int64_t matches = 100;
  const Rules rules = preset_with("arena", 3);
  const std::int64_t n = rules.players;
  Simulator simulator(rules, {.matches = matches, .seed = 5});
  std::int64_t kicks = 0;
  for (int step = 0; step < rules.steps; ++step) {
    const MatchState before = clone(simulator.state());
    const at::Tensor action =
        mixed_actions(rules, to_game_states(rules, before, simulator.seed(), simulator.match_indices()), step);
    simulator.step(action);
    const MatchState after = clone(simulator.state());
    MatchStatistics statistics = no_statistics(rules, matches, at::kCPU);
    count_step(statistics, rules, before, action, after);

    const at::Tensor is_kicker =
        at::arange(2 * n).view({2, 1, n, 1}) == statistics.last_kicker.view({1, matches, 1, 1});
    at::Tensor alone = action.clone();
    alone.slice(3, 2, 4).masked_fill_(is_kicker.logical_not(), 0.0);
    simulator.set_state(before);
    simulator.step(alone);
    // A goal clears the last kicker, and players at exactly equal distance kick together.
    const at::Tensor told = (after.score == before.score).all(0);
    const at::Tensor same = (simulator.state().bodies == after.bodies).all(0).all(0);
    CHECK(same.logical_or(told.logical_not()).sum().item<std::int64_t>() == matches);
    kicks += statistics.kicks.sum().item<std::int64_t>();
    simulator.set_state(after);
  }
  CHECK(kicks > 500);
}
