#include "evaluate/evaluation.h"

#include <algorithm>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "policy/bots.h"
#include "policy/network_policy.h"
#include "tests/support/catch.h"
#include "tests/support/scenarios.h"

using namespace matchday;

namespace {

void check_equal(const TeamStatistics& a, const TeamStatistics& b) {
  CHECK(a.possession == b.possession);
  CHECK(a.kicks == b.kicks);
  CHECK(a.passes == b.passes);
  CHECK(a.shots == b.shots);
  CHECK(a.apart == b.apart);
  CHECK(a.goal_kept == b.goal_kept);
}

void check_equal(const MatchTally& a, const MatchTally& b) {
  CHECK(a.wins == b.wins);
  CHECK(a.draws == b.draws);
  CHECK(a.losses == b.losses);
  CHECK(a.goals_for == b.goals_for);
  CHECK(a.goals_against == b.goals_against);
  CHECK(a.steps == b.steps);
  check_equal(a.own, b.own);
  check_equal(a.opponents, b.opponents);
  CHECK(a.leads == b.leads);
}

MatchTally from_the_other_side(const MatchTally& tally) {
  MatchTally other = tally;
  std::swap(other.wins, other.losses);
  std::swap(other.goals_for, other.goals_against);
  std::swap(other.own, other.opponents);
  for (std::int32_t& lead : other.leads) lead = -lead;
  return other;
}

/// The leads must agree with the wins, losses and goals.
void check_leads(const MatchTally& tally) {
  std::int64_t wins = 0, losses = 0, goals = 0;
  for (const std::int32_t lead : tally.leads) {
    wins += lead > 0;
    losses += lead < 0;
    goals += lead;
  }
  CHECK(static_cast<std::int64_t>(tally.leads.size()) == tally.matches());
  CHECK(wins == tally.wins);
  CHECK(losses == tally.losses);
  CHECK(goals == tally.goals_for - tally.goals_against);
}

Rules short_matches() {
  Rules rules = arena();
  rules.steps = 60;
  return rules;
}

/// A team that stands still.
Policy still() {
  return {"still", [](const Side& side) { return at::zeros({side.count, side.simulator.rules().players, 4}); }};
}

}  // namespace

TEST_CASE("the chaser beats the random team on both sides, and the tallies add up") {
  const Evaluation evaluation = evaluate(arena(), make_bot("chaser"), make_bot("random"), {.matches = 40});
  for (const MatchTally& tally : {evaluation.as_a, evaluation.as_b}) {
    CHECK(tally.matches() == 40);
    CHECK(tally.wins >= 36);
    CHECK(tally.goals_for > 4 * 40);
    CHECK(tally.goals_against < 40);
    CHECK(tally.steps == 40 * arena().steps);
    CHECK(2 * tally.own.possession > 3 * tally.opponents.possession);
    CHECK(tally.own.shots > 4 * tally.opponents.shots);
    CHECK(tally.own.apart < tally.opponents.apart);  // chasers crowd
    check_leads(tally);
  }
  const MatchTally both = evaluation.both();
  CHECK(both.matches() == 80);
  CHECK(both.goals_for == evaluation.as_a.goals_for + evaluation.as_b.goals_for);
  CHECK(win_share(both) > 0.95);
  check_equal(both, from_the_other_side(from_the_other_side(evaluation.as_a) + from_the_other_side(evaluation.as_b)));
}

TEST_CASE("two teams judge the same matches alike") {
  const EvaluationOptions options{.matches = 12, .seed = 7};
  const Evaluation ours = evaluate(short_matches(), make_bot("chaser"), make_bot("random"), options);
  const Evaluation theirs = evaluate(short_matches(), make_bot("random"), make_bot("chaser"), options);
  CHECK(ours.both().goals_for > 0);
  check_equal(ours.as_a, from_the_other_side(theirs.as_b));
  check_equal(ours.as_b, from_the_other_side(theirs.as_a));
  check_equal(evaluate(short_matches(), make_bot("chaser"), make_bot("random"), options).both(),
              ours.both());  // and the same again
}

TEST_CASE("a team that meets itself wins as often as it loses") {
  for (const Policy& policy : {make_bot("chaser"), make_bot("random")}) {
    const Evaluation evaluation = evaluate(short_matches(), policy, policy, {.matches = 12});
    check_equal(evaluation.as_a, from_the_other_side(evaluation.as_b));
    const MatchTally both = evaluation.both();
    CHECK(both.wins == both.losses);
    CHECK(both.goals_for == both.goals_against);
    CHECK(win_share(both) == 0.5);
  }
}

TEST_CASE("match number i is the same however many are played", "[slow]") {
  const Rules rules = short_matches();
  NetworkOptions options;
  options.hidden = {24};
  const Policy network = network_policy("network", make_network(rules, options, 1, at::kCPU), Decisions::sampled);
  for (const Policy& policy : {make_bot("random"), network}) {
    const auto play = [&](std::int64_t matches) {
      return evaluate(rules, policy, make_bot("chaser"), {.matches = matches, .seed = 3});
    };
    const Evaluation few = play(100), many = play(300);
    for (const auto& [some, all] : {std::pair(few.as_a, many.as_a), std::pair(few.as_b, many.as_b)}) {
      REQUIRE(some.matches() == 100);
      REQUIRE(all.matches() == 300);
      check_leads(some);
      check_leads(all);
      CHECK(std::equal(some.leads.begin(), some.leads.end(), all.leads.begin()));
      CHECK(!std::equal(all.leads.begin(), all.leads.begin() + 100, all.leads.begin() + 128));  // blocks differ
      CHECK(some.own.kicks < all.own.kicks);
    }
    // Blocks add up: 256 matches and the 44 that follow them.
    const Evaluation two_blocks = play(256);
    CHECK(std::equal(two_blocks.as_a.leads.begin(), two_blocks.as_a.leads.end(), many.as_a.leads.begin()));
    check_equal(play(100).both(), few.both());
  }
}

TEST_CASE("threads share an evaluation against several opponents, which comes out as each alone", "[slow]") {
  const std::vector<Policy> opponents{make_bot("random"), make_bot("presser"), still()};
  ThreadPool thread_pool(3);
  std::mutex mutex;
  std::vector<std::tuple<std::string, std::string, std::int64_t>> recorded;
  const std::vector<Evaluation> all =
      evaluate(short_matches(), make_bot("chaser"), opponents,
               {.matches = 200,
                .seed = 3,
                .record =
                    [&](const RecordedMatches& block) {
                      const std::lock_guard lock(mutex);
                      recorded.emplace_back(block.team_a, block.team_b, block.match[0].item<std::int64_t>());
                    },
                .thread_pool = &thread_pool});
  REQUIRE(all.size() == 3);
  for (std::size_t k = 0; k < 3; ++k) {
    const Evaluation alone = evaluate(short_matches(), make_bot("chaser"), opponents[k], {.matches = 200, .seed = 3});
    check_equal(all[k].as_a, alone.as_a);
    check_equal(all[k].as_b, alone.as_b);
  }
  std::sort(recorded.begin(), recorded.end());
  CHECK(recorded.size() == 3 * 2 * 2);  // every pairing, side and block (of two) once
  CHECK(std::adjacent_find(recorded.begin(), recorded.end()) == recorded.end());
}

TEST_CASE("an evaluation tells the statistics of its matches") {
  const Rules rules = short_matches();
  const Policy a = make_bot("chaser"), b = make_bot("random");
  Simulator simulator(rules, {.matches = matches_in_block, .seed = 3});
  MatchStatistics statistics = no_statistics(rules, matches_in_block, at::kCPU);
  for (int step = 0; step < rules.steps; ++step) {
    const MatchState before = clone(simulator.state());
    const at::Tensor action = act(a, b, simulator);
    simulator.step(action);
    count_step(statistics, rules, before, action, simulator.state());
  }
  const Evaluation evaluation = evaluate(rules, a, b, {.matches = 90, .seed = 3});
  check_equal(evaluation.as_a.own, total(statistics, 0, 90));
  check_equal(evaluation.as_a.opponents, total(statistics, 1, 90));
}

TEST_CASE("teams that stand still do not score") {
  const Evaluation idle = evaluate(short_matches(), still(), still(), {.matches = 9});
  CHECK(idle.both().draws == 18);
  CHECK(idle.both().own.possession + idle.both().own.kicks + idle.both().own.shots == 0);
  check_leads(idle.both());
  CHECK(win_share(idle.both()) == 0.5);  // no match was decided
  CHECK(evaluate(short_matches(), make_bot("chaser"), still(), {.matches = 9}).both().losses == 0);
}

TEST_CASE("metrics of play are shares of the steps, numbers a match, and a distance") {
  const MatchTally tally{.wins = 1, .draws = 2, .losses = 1, .steps = 80};
  const TeamStatistics team{
      .possession = 20, .kicks = 40, .passes = 10, .shots = 6, .apart = 80 * 12.5, .goal_kept = 60};
  CHECK(play_metrics(team, tally) == Metrics{{"possession", 0.25},
                                             {"kicks", 10.0},
                                             {"passes", 2.5},
                                             {"shots", 1.5},
                                             {"distance_between_mates", 12.5},
                                             {"goal_kept", 0.75}});
  for (const auto& [name, number] : play_metrics({}, {})) CHECK(number == 0.0);
}

TEST_CASE("a win share counts decided matches only") {
  CHECK(win_share({.wins = 3, .draws = 10, .losses = 1}) == 0.75);
  CHECK(win_share({.draws = 10, .losses = 1}) == 0.0);
  CHECK(win_share({.wins = 2}) == 1.0);
}

TEST_CASE("shares have Wilson's intervals") {
  // Newcombe 1998, Statistics in Medicine 17, table I, method 3: wins, trials, bounds.
  struct Row {
    double wins;
    std::int64_t trials;
    double lower, upper;
  };
  for (const Row& row :
       {Row{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0.0, 0.1611}, {1, 29, 0.0061, 0.1718}}) {
    INFO(row.wins << " of " << row.trials);
    const ShareInterval interval = share_interval(row.wins / static_cast<double>(row.trials), row.trials);
    CHECK(interval.lowest == Approx(row.lower).margin(1e-4));
    CHECK(interval.highest == Approx(row.upper).margin(1e-4));
  }
  CHECK(share_interval(0.5, 0).lowest == 0.0);
  CHECK(share_interval(0.5, 0).highest == 1.0);
  CHECK(share_interval(1.0, 512).lowest == Approx(0.9926).margin(1e-4));
}
