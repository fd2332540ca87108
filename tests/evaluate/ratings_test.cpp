#include "evaluate/ratings.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>
#include <vector>

#include "tests/support/catch.h"

using namespace matchday;

namespace {

/// A pairing with these wins, draws and losses of the first team.
Pairing pairing(std::size_t first, std::size_t second, int wins, int draws, int losses) {
  Pairing pairing{first, second, {}};
  for (int k = 0; k < wins; ++k) pairing.leads.push_back(1 + k % 3);
  for (int k = 0; k < draws; ++k) pairing.leads.push_back(0);
  for (int k = 0; k < losses; ++k) pairing.leads.push_back(-1 - k % 2);
  return pairing;
}

/// A round robin of teams with these ratings.
std::vector<Pairing> synthetic(const std::vector<double>& elo, double draw, int matches, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::vector<Pairing> pairings;
  for (std::size_t i = 0; i < elo.size(); ++i)
    for (std::size_t j = i + 1; j < elo.size(); ++j) {
      const double a = std::pow(10.0, (elo[i] - elo[j]) / 400.0);
      Pairing pairing{i, j, {}};
      for (int match = 0; match < matches; ++match) {
        const double drawn = static_cast<double>(generator() >> 11) * 0x1p-53 * (a + 1.0 + draw * std::sqrt(a));
        pairing.leads.push_back(drawn < a ? 2 : drawn < a + 1.0 ? -1 : 0);
      }
      pairings.push_back(pairing);
    }
  return pairings;
}

const RatingOptions no_prior{.prior_matches = 0.0, .resamples = 0};

double mean_elo(const Ratings& ratings) {
  double sum = 0.0;
  for (const Rating& rating : ratings.teams) sum += rating.elo;
  return sum / static_cast<double>(ratings.teams.size());
}

}  // namespace

TEST_CASE("two teams differ by 400 log10 of wins to losses, whatever they drew") {
  for (const int draws : {0, 7, 500}) {
    const Ratings ratings = rate(2, {pairing(0, 1, 30, draws, 10)}, no_prior);
    CHECK(ratings[0].elo - ratings[1].elo == Approx(400.0 * std::log10(3.0)).margin(1e-3));
    CHECK(mean_elo(ratings) == Approx(1000.0));
  }
  // The imaginary match adds half a win to each.
  const Ratings one_sided = rate(2, {pairing(1, 0, 100, 0, 0)}, {.resamples = 0});
  CHECK(one_sided[1].elo - one_sided[0].elo == Approx(400.0 * std::log10(201.0)).margin(1e-3));
  const Ratings drawn = rate(2, {pairing(0, 1, 0, 50, 0)});
  CHECK(drawn[0].elo == Approx(drawn[1].elo));
}

TEST_CASE("a model's ratings satisfy its likelihood's equations") {
  // At the maximum likelihood every team has as many points, and all together as many draws, as expected.
  const std::vector<Pairing> pairings{pairing(0, 1, 20, 12, 8), pairing(2, 0, 3, 9, 15), pairing(1, 2, 11, 4, 11),
                                      pairing(3, 1, 18, 1, 2), pairing(0, 3, 7, 3, 14)};
  const Ratings ratings = rate(4, pairings, no_prior);
  // The draws' parameter d, found independently: the root of draws = sum of n d r / (a + b + d r).
  const auto expected = [&](double draw, std::vector<double>* points) {
    double draws = 0.0;
    for (const Pairing& p : pairings) {
      const double a = std::pow(10.0, ratings[p.first].elo / 400.0), b = std::pow(10.0, ratings[p.second].elo / 400.0);
      const double root = std::sqrt(a * b), share = static_cast<double>(p.leads.size()) / (a + b + draw * root);
      draws += share * draw * root;
      if (!points) continue;
      (*points)[p.first] += share * (a + 0.5 * draw * root);
      (*points)[p.second] += share * (b + 0.5 * draw * root);
    }
    return draws;
  };
  double low = 0.0, high = 100.0;
  for (int k = 0; k < 100; ++k) (expected(0.5 * (low + high), nullptr) < 29.0 ? low : high) = 0.5 * (low + high);
  std::vector<double> points(4, 0.0);
  expected(low, &points);
  const std::vector<double> scored{20 + 6 + 15 + 4.5 + 7 + 1.5, 8 + 6 + 11 + 2 + 2 + 0.5, 3 + 4.5 + 11 + 2,
                                   18 + 0.5 + 14 + 1.5};
  for (std::size_t team = 0; team < 4; ++team) CHECK(points[team] == Approx(scored[team]).margin(1e-3));
}

TEST_CASE("ratings recover the strengths that matches were drawn from") {
  const std::vector<double> elo{700.0, 1150.0, 1000.0, 1400.0, 900.0};
  RatingOptions options{.anchors = {2}, .resamples = 0};
  for (const double draw : {0.0, 0.8, 3.0}) {
    const Ratings ratings = rate(5, synthetic(elo, draw, 20000, 1), options);
    for (std::size_t team = 0; team < elo.size(); ++team) CHECK(ratings[team].elo == Approx(elo[team]).margin(12.0));
  }
}

TEST_CASE("ratings do not depend on the order of teams, pairings and sides") {
  const std::vector<Pairing> pairings = synthetic({1000.0, 1100.0, 1250.0, 800.0}, 0.5, 60, 2);
  std::vector<Pairing> reversed = pairings;
  std::reverse(reversed.begin(), reversed.end());
  for (Pairing& pairing : reversed) {
    pairing = {3 - pairing.second, 3 - pairing.first, pairing.leads};
    for (std::int32_t& lead : pairing.leads) lead = -lead;
  }
  const Ratings ratings = rate(4, pairings), others = rate(4, reversed);
  for (std::size_t team = 0; team < 4; ++team) {
    CHECK(others[3 - team].elo == Approx(ratings[team].elo).margin(1e-3));
    CHECK(others[3 - team].lowest == Approx(ratings[team].lowest).margin(15.0));  // other resamples
    CHECK(others[3 - team].highest == Approx(ratings[team].highest).margin(15.0));
  }
}

TEST_CASE("ratings are anchored") {
  const std::vector<Pairing> pairings = synthetic({1000.0, 1100.0, 1250.0}, 0.5, 60, 2);
  const Ratings free = rate(3, pairings);
  CHECK(mean_elo(free) == Approx(1000.0));
  const Ratings one = rate(3, pairings, {.anchors = {1}, .anchor_elo = 1500.0});
  CHECK(one[1].elo == Approx(1500.0));
  CHECK(one[1].lowest == Approx(1500.0));
  CHECK(one[1].highest == Approx(1500.0));
  CHECK(one[0].lowest < one[0].elo - 20.0);
  const Ratings two = rate(3, pairings, {.anchors = {0, 2}});
  CHECK(two[0].elo + two[2].elo == Approx(2000.0));
  for (std::size_t team = 0; team < 3; ++team)
    CHECK(one[team].elo - one[0].elo == Approx(two[team].elo - two[0].elo).margin(1e-6));
}

TEST_CASE("a team that lost every match has a finite rating, and not for certain") {
  const Ratings ratings =
      rate(3, {pairing(0, 1, 0, 0, 100), pairing(0, 2, 0, 0, 100), pairing(1, 2, 60, 0, 40)}, {.anchors = {1}});
  CHECK(ratings[0].elo < 1000.0 - 800.0);
  CHECK(ratings[0].elo > 1000.0 - 1600.0);
  CHECK(ratings[0].highest > ratings[0].elo + 50.0);
  CHECK(ratings[0].lowest < ratings[0].elo - 50.0);
}

TEST_CASE("the seed decides the intervals, and more matches narrow them") {
  const std::vector<double> elo{1000.0, 1100.0, 1200.0};
  const std::vector<Pairing> pairings = synthetic(elo, 0.5, 60, 3);
  const auto lowest = [&](std::uint64_t seed) { return rate(3, pairings, {.seed = seed})[2].lowest; };
  CHECK(lowest(1) == lowest(1));
  CHECK(lowest(1) != lowest(2));
  const auto width = [&](int matches) {
    const Rating rating = rate(3, synthetic(elo, 0.5, matches, 4))[1];
    return rating.highest - rating.lowest;
  };
  CHECK(width(50) / width(800) == Approx(4.0).epsilon(0.2));
}

TEST_CASE("19 of 20 intervals hold the true rating") {
  const std::vector<double> elo{850.0, 1000.0, 1050.0, 1300.0};
  int held = 0, intervals = 0;
  for (std::uint64_t seed = 100; seed < 200; ++seed) {
    const Ratings ratings = rate(4, synthetic(elo, 0.6, 50, seed), {.anchors = {1}, .resamples = 300, .seed = seed});
    for (const std::size_t team : {0, 2, 3}) {
      held += ratings[team].lowest <= elo[team] && elo[team] <= ratings[team].highest;
      ++intervals;
    }
  }
  CHECK(held > 0.91 * intervals);
  CHECK(held < 0.985 * intervals);
}

TEST_CASE("against one team of known strength a rating is 400 log10 of wins to losses where the draws fit") {
  // With d = 1, 40 wins and 10 losses imply 20 draws: the root of their product.
  const std::vector<MatchesAgainst> matches{{1200.0, pairing(0, 1, 40, 20, 10).leads}};
  CHECK(rate_one(matches, 1.0, no_prior).elo == Approx(1200.0 + 400.0 * std::log10(4.0)).margin(1e-6));
  const std::vector<MatchesAgainst> decided{{900.0, pairing(0, 1, 10, 0, 90).leads}};
  CHECK(rate_one(decided, 0.0, no_prior).elo == Approx(900.0 - 400.0 * std::log10(9.0)).margin(1e-6));
  // The imaginary match adds half a win and half a loss.
  const std::vector<MatchesAgainst> lost{{1000.0, pairing(0, 1, 0, 0, 100).leads}};
  const Rating finite = rate_one(lost, 0.0);
  CHECK(finite.elo == Approx(1000.0 - 400.0 * std::log10(201.0)).margin(1e-6));
  CHECK(finite.highest > finite.elo + 50.0);
  CHECK(finite.lowest < finite.elo - 50.0);
}

TEST_CASE("a team's rating among others is the one that it gets when the others' are known") {
  const std::vector<double> elo{700.0, 1150.0, 1000.0, 1400.0};
  const std::vector<Pairing> pairings = synthetic(elo, 0.8, 150, 5);
  const Ratings ratings = rate(4, pairings, no_prior);
  for (std::size_t team = 0; team < elo.size(); ++team) {
    std::vector<MatchesAgainst> matches;
    for (const Pairing& p : pairings) {
      if (p.first != team && p.second != team) continue;
      matches.push_back({ratings[p.first == team ? p.second : p.first].elo, p.leads});
      if (p.second == team)
        for (std::int32_t& lead : matches.back().leads) lead = -lead;
    }
    CHECK(rate_one(matches, ratings.draw, no_prior).elo == Approx(ratings[team].elo).margin(1e-3));
  }
}

TEST_CASE("19 of 20 intervals against known teams hold the true rating, and are as wide as its formula says",
          "[slow]") {
  const std::vector<double> elo{1234.0, 1000.0, 1100.0, 1500.0};
  constexpr double draw = 0.6;
  constexpr int matches_each = 50;
  // Standard deviation of the points, divided by their slope over Elo.
  double variance = 0.0, slope = 0.0;
  for (std::size_t k = 1; k < elo.size(); ++k) {
    const auto points = [&](double own) {
      const double a = std::pow(10.0, (own - elo[k]) / 400.0), drawn = draw * std::sqrt(a), sum = a + 1.0 + drawn;
      return std::pair((a + 0.5 * drawn) / sum, (a + 0.25 * drawn) / sum);  // mean, and mean square
    };
    const auto [mean, square] = points(elo[0]);
    variance += matches_each * (square - mean * mean);
    slope += matches_each * (points(elo[0] + 0.5).first - points(elo[0] - 0.5).first);
  }
  const double width = 2.0 * 1.96 * std::sqrt(variance) / slope;
  int held = 0, differ = 0;
  double seen = 0.0;
  constexpr int trials = 300;
  for (int trial = 0; trial < trials; ++trial) {
    const std::vector<Pairing> pairings = synthetic(elo, draw, matches_each, 1000 + static_cast<std::uint64_t>(trial));
    std::vector<MatchesAgainst> matches;
    for (std::size_t k = 0; k < 3; ++k) matches.push_back({elo[k + 1], pairings[k].leads});
    const Rating rating = rate_one(matches, draw, {.resamples = 300});
    CHECK(rate_one(matches, draw, {.resamples = 300}).lowest == rating.lowest);
    differ += rate_one(matches, draw, {.resamples = 300, .seed = 2}).lowest != rating.lowest;
    held += rating.lowest <= elo[0] && elo[0] <= rating.highest;
    seen += (rating.highest - rating.lowest) / trials;
  }
  CHECK(held > 0.91 * trials);
  CHECK(held < 0.985 * trials);
  CHECK(differ > trials / 2);  // another seed draws other resamples
  CHECK(seen == Approx(width).epsilon(0.05));
}

TEST_CASE("one rating is clearly above another where their difference is beyond its interval") {
  CHECK(clearly_above({1060.0, 1030.0, 1100.0}, {1000.0, 950.0, 1040.0}));  // 60 > 50 = the root of 30^2 + 40^2
  CHECK_FALSE(clearly_above({1049.0, 1019.0, 1100.0}, {1000.0, 950.0, 1040.0}));
  CHECK_FALSE(clearly_above({1000.0, 990.0, 1010.0}, {1060.0, 1050.0, 1070.0}));
}
