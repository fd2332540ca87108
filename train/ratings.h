// How strong are teams that have played each other? One number each, in Elo, by the model of Bradley and Terry with
// draws as Davidson added them:
//   P(i beats j) = s_i / (s_i + s_j + d sqrt(s_i s_j)),  P(draw) = d sqrt(s_i s_j) / (the same),
// with a strength s for every team and one d for all. Elo is 400 log10 of the strength: 400 more, ten wins for a loss.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace matchday {

/// All matches between two teams.
struct Pairing {
  std::size_t first;
  std::size_t second;
  std::vector<std::int32_t> leads;  ///< each match's goals of the first less those of the second
};

struct RatingOptions {
  /// The teams whose mean is put at anchor_elo; empty: all.
  std::vector<std::size_t> anchors{};
  double anchor_elo = 1000.0;
  /// Imaginary matches that a team plays, half of them won, shared out among its opponents. They keep the rating of a
  /// team that won or lost all finite.
  double prior_matches = 1.0;
  int resamples = 1000;    ///< of the matches, for the intervals; 1000 settle a bound to about a tenth of the interval
  std::uint64_t seed = 1;  ///< of the resamples
};

struct Rating {
  double elo;
  double lowest;  ///< of the 95 % interval
  double highest;
};

struct Ratings {
  std::vector<Rating> teams;
  double draw;  ///< the d of all

  const Rating& operator[](std::size_t team) const { return teams[team]; }
};

/// The ratings of `teams` teams, 2 or more and all connected by pairings. Intervals are the bootstrap's: matches are
/// drawn anew, with replacement, within each pairing. Some of the imaginary ones take part, so that a pairing that one
/// team won throughout doesn't look certain.
Ratings rate(std::size_t teams, const std::vector<Pairing>& pairings, const RatingOptions& options = {});

/// A team's matches against one whose strength is known.
struct MatchesAgainst {
  double elo;                       ///< the other's
  std::vector<std::int32_t> leads;  ///< each match's goals of the team less those of the other
};

/// The rating of one team, where the others' and d are known: the Elo by which the points that it made, wins and half
/// of the draws, are those to be expected. Intervals are as above; of the options anchors have no meaning here.
Rating rate_one(const std::vector<MatchesAgainst>& matches, double draw, const RatingOptions& options = {});

/// Whether `a` is above `b` by more than the 95 % interval of their difference: both ratings' margins, squared and
/// added, as for independent estimates.
bool clearly_above(const Rating& a, const Rating& b);

}  // namespace matchday
