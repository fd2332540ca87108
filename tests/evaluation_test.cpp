#include "train/evaluation.h"

#include "policy/bots.h"
#include "tests/catch.h"
#include "tests/scenarios.h"

using namespace matchday;

namespace {

void check_equal(const MatchTally& a, const MatchTally& b) {
  CHECK(a.wins == b.wins);
  CHECK(a.draws == b.draws);
  CHECK(a.losses == b.losses);
  CHECK(a.goals_for == b.goals_for);
  CHECK(a.goals_against == b.goals_against);
}

MatchTally from_the_other_side(const MatchTally& tally) {
  return {tally.losses, tally.draws, tally.wins, tally.goals_against, tally.goals_for};
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
              ours.both());  // and again alike
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

TEST_CASE("teams that stand still do not score") {
  const Evaluation idle = evaluate(short_matches(), still(), still(), {.matches = 9});
  check_equal(idle.both(), {0, 18, 0, 0, 0});
  CHECK(win_share(idle.both()) == 0.5);  // nothing was decided
  CHECK(evaluate(short_matches(), make_bot("chaser"), still(), {.matches = 9}).both().losses == 0);
}

TEST_CASE("a win share counts decided matches only") {
  CHECK(win_share({3, 10, 1, 0, 0}) == 0.75);
  CHECK(win_share({0, 10, 1, 0, 0}) == 0.0);
  CHECK(win_share({2, 0, 0, 0, 0}) == 1.0);
}

TEST_CASE("margins are half of Wilson's intervals") {
  // Newcombe 1998, Statistics in Medicine 17, table I, method 3: wins, trials, bounds.
  struct Row {
    double wins;
    std::int64_t trials;
    double lower, upper;
  };
  for (const Row& row :
       {Row{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0.0, 0.1611}, {1, 29, 0.0061, 0.1718}}) {
    INFO(row.wins << " of " << row.trials);
    CHECK(share_margin(row.wins / static_cast<double>(row.trials), row.trials) ==
          Approx((row.upper - row.lower) / 2.0).margin(1e-4));
  }
  CHECK(share_margin(0.5, 0) == 1.0);
  CHECK(share_margin(0.5, 400) < share_margin(0.5, 100));
}
