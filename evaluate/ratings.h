// Ratings of teams that have played each other: one number each, in Elo, by the model of Bradley and Terry with
// Davidson's extension for draws:
//   P(i beats j) = s_i / (s_i + s_j + d sqrt(s_i s_j)),  P(draw) = d sqrt(s_i s_j) / (the same),
// with a strength s for every team and one d for all. Elo is 400 log10 of the strength: +400 means ten wins a loss.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace matchday {

/// All matches between two teams.
struct Pairing {
  std::size_t first;
  std::size_t second;
  std::vector<std::int32_t> leads;  ///< each match's goals of the first minus those of the second
};

struct RatingOptions {
  /// The teams whose mean Elo is set to anchor_elo; empty: all.
  std::vector<std::size_t> anchors{};
  double anchor_elo = 1000.0;
  /// Imaginary matches of each team, half of them won, shared out among its opponents: a prior that keeps the rating of
  /// a team finite that won or lost all its matches.
  double prior_matches = 1.0;
  int resamples = 1000;    ///< for the intervals (bootstrap); 1000 settle a bound to about a tenth of the interval
  std::uint64_t seed = 1;  ///< of the resamples
};

struct Rating {
  double elo;
  double lowest;  ///< of the 95 % interval
  double highest;
};

struct Ratings {
  std::vector<Rating> teams;
  double draw;  ///< d, common to all teams

  const Rating& operator[](std::size_t team) const { return teams[team]; }
};

/// The ratings of `teams` teams, 2 or more and all connected by pairings. Intervals are bootstrap intervals: matches
/// are resampled with replacement within each pairing. Half of the imaginary matches may be drawn too, so that a
/// pairing in which one team won every match doesn't look certain.
Ratings rate(std::size_t teams, const std::vector<Pairing>& pairings, const RatingOptions& options = {});

/// A team's matches against an opponent whose strength is known.
struct MatchesAgainst {
  double elo;                       ///< the opponent's
  std::vector<std::int32_t> leads;  ///< each match's goals of the team minus those of the opponent
};

/// The rating of one team when d and the opponents' Elo are known: the Elo at which its expected points equal those it
/// made (wins and half of the draws). Intervals as above; the options' anchors are ignored.
Rating rate_one(const std::vector<MatchesAgainst>& matches, double draw, const RatingOptions& options = {});

/// Whether `a` is above `b` by more than the 95 % interval of their difference: both ratings' margins added in
/// quadrature, as for independent estimates.
bool clearly_above(const Rating& a, const Rating& b);

}  // namespace matchday
