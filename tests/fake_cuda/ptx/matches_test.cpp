// Whole matches on the kernels as nvcc made them, against the reference core: every array, bit for bit.
#include <algorithm>

#include "baseline.h"
#include "chance.h"
#include "kernels/cuda/kernels.h"
#include "played.h"
#include "reference_matches.h"
#include "rules/presets.h"
#include "tests/support/catch.h"

using namespace matchday;
using namespace matchday::kernels;
using namespace matchday::ptx;

namespace {

/// What a player may want: to the ball, and kick it on to the goal, give or take.
void wish(const Play& play, const reference::GameState& game, int team, std::int64_t k, Chance& chance, float* to) {
  const bool rotated = team == 1 && (sees_own_side(play.rules) || (play.sampled && play.rotate_b));
  const float view = rotated ? -1.0F : 1.0F;
  const float goal = team == 0 ? play.rules.half_length : -play.rules.half_length;
  const float speed = chance.between(0.0F, 0.6F);
  const reference::Vec ball = game.ball.position;
  const reference::Vec gap = ball - game.players[static_cast<std::size_t>(team)][static_cast<std::size_t>(k)].position;
  const float numbers[] = {view * speed * gap.x, view * speed * gap.y, view * 0.1F * (goal - ball.x),
                           view * -0.1F * ball.y};
  for (int c = 0; c < 4; ++c) to[c] = chance.one_in(200) ? chance.extreme() : numbers[c] + chance.between(-0.3F, 0.3F);
}

/// Puts what bots do in the last matches in its place among all actions.
void put_actions_of_bots(const Play& play, const Arrays& arrays) {
  const std::int64_t of_match = play.rules.players * 4;
  std::memcpy(arrays.get<float>("action") + (2 * play.matches - play.with_bots) * of_match,
              arrays.get<float>("by_bots"), static_cast<std::size_t>(play.with_bots * of_match) * sizeof(float));
}

/// Draws what the step reads, and copies it to what is expected.
void decide(const Play& play, const ReferenceMatches& matches, Chance& chance, const Arrays& actual,
            const Arrays& expected) {
  const std::int64_t n = play.rules.players;
  for (int team = 0; team < 2; ++team)
    for (std::int64_t b = 0; b < play.matches; ++b)
      for (std::int64_t k = 0; k < n; ++k)
        wish(play, matches.game(b), team, k, chance,
             actual.get<float>(play.sampled ? "mean" : "action") + ((team * play.matches + b) * n + k) * 4);
  for (std::int64_t m = 0; m < play.with_bots * n; ++m)
    wish(play, matches.game(play.matches - play.with_bots + m / n), 1, m % n, chance,
         actual.get<float>("by_bots") + m * 4);
  put_actions_of_bots(play, actual);
  for (std::int64_t k = 0; k < actual.count<float>("log_std"); ++k)
    actual.get<float>("log_std")[k] = chance.between(-4.0F, 0.0F);
  for (const char* name : {"action", "mean", "by_bots", "log_std"})
    std::memcpy(expected.get<std::byte>(name), actual.get<std::byte>(name),
                static_cast<std::size_t>(actual.count<std::byte>(name)));
}

/// What kernels/sample.h draws, by the CPU's kernels, and what bots do instead.
void draw(const Play& play, const MatchConstants& constants, const MatchArrays& matches, const Arrays& expected,
          const RolloutArrays& of_play) {
  if (!play.sampled) return;
  SampleArrays all_drawn = of_play.samples;
  all_drawn.bots = nullptr;
  baseline::kernels_of_this_instruction_set.sample_actions(
      {play.matches, play.rules.players, constants.seed, of_play.first_slot, matches.match, matches.episode,
       matches.clock},
      all_drawn, 0, play.matches);
  put_actions_of_bots(play, expected);
}

/// What happened in matches.
struct Events {
  std::int64_t goals = 0;
  std::int64_t ends = 0;
  std::int64_t nonfinite_actions = 0;
};

/// Plays both and stops at the first difference.
void check(const Play& play, Events& events) {
  const MatchConstants constants = match_constants(play.rules, 0x123456789ABCDEFULL);
  const Arrays actual = arrays_of(play);
  const Arrays expected = arrays_of(play);
  const MatchArrays on_device = matches_in(play, actual);
  const MatchArrays on_host = matches_in(play, expected);
  const RolloutArrays expected_play = play_in(play, expected);
  ReferenceMatches reference(play.rules, constants.seed, on_host);
  Chance chance(static_cast<unsigned>(play.matches));
  actual.lie_on_device();

  start_cuda(constants, on_device, nullptr, nullptr);
  reference.start(nullptr);
  REQUIRE(actual.difference(expected) == "");
  for (std::int64_t b = 0; b < play.matches; ++b) {  // matches end at different times
    on_device.clock[b] = static_cast<std::int32_t>(b * 37 % play.rules.steps);
    reference.set_clock(b, on_device.clock[b]);
  }
  for (int step = 0; step < play.steps; ++step) {
    INFO("step " << step);
    decide(play, reference, chance, actual, expected);
    rollout_step_cuda(constants, on_device, play_in(play, actual), nullptr);
    draw(play, constants, on_host, expected, expected_play);
    reference.play(expected_play);
    if (step % 10 == 0) {
      observe_cuda(constants, on_device, actual.get<float>("seen"), nullptr);
      observe_players_cuda(constants, on_device, actual.get<float>("seen_by_players"), nullptr);
      reference.observe(expected.get<float>("seen"));
      reference.observe_players(expected.get<float>("seen_by_players"));
    }
    if (!play.at_once) {
      for (const Arrays* arrays : {&actual, &expected})
        std::memcpy(arrays->get<bool>("mask"), expected.get<bool>("terminated"),
                    static_cast<std::size_t>(play.matches));
      start_cuda(constants, on_device, actual.get<bool>("mask"), nullptr);
      reference.start(expected.get<bool>("mask"));
    }
    REQUIRE(actual.difference(expected) == "");
  }
  events.goals += reference.goals;
  events.ends += reference.ends;
  events.nonfinite_actions += *expected_play.step.nonfinite_actions - 5;
}

/// Matches of a game with few and with many players, in batches that fill warps and that don't, and with all that a
/// launch may be asked for in turns.
void check_all(Rules (*preset)()) {
  Events events;
  int k = 0;
  for (const int players : translated_team_sizes)
    for (const std::int64_t matches : {1, 31, 33, 64, 101}) {
      Play play;
      play.rules = preset();
      play.rules.players = players;
      play.matches = matches;
      if (matches != 31 && matches != 101) play.rules.steps = 40;
      play.steps = std::max(60, play.rules.steps);
      play.sampled = k % 3 != 0;
      play.squash = k % 2 == 0;
      play.rotate_b = k % 4 == 1;
      play.with_bots = play.sampled && k % 5 != 0 ? matches / 2 : 0;
      play.at_once = k % 4 != 0;
      play.observed = k % 7 != 2;
      play.scored = k % 6 != 3;
      play.gap = k % 2 == 0 ? 0 : 29;
      INFO(players << " a side, " << matches << " matches, case " << k);
      check(play, events);
      ++k;
    }
  CHECK(events.goals > 20);
  CHECK(events.ends > 200);
  CHECK(events.nonfinite_actions > 200);
}

}  // namespace

TEST_CASE("PTX: arena") { check_all(arena); }
TEST_CASE("PTX: FootyAI's first game") { check_all(footyai_v1); }
TEST_CASE("PTX: FootyAI's second game") { check_all(footyai_v2); }
