#include "evaluate/ratings.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

namespace matchday {
namespace {

/// Results of a pairing; the prior's halves make the counts fractions.
struct Outcomes {
  std::size_t first;
  std::size_t second;
  double wins;  ///< of the first
  double draws;
  double losses;

  double matches() const { return wins + draws + losses; }
};

/// The model's parameters.
struct Model {
  std::vector<double> strength;
  double draw = 1.0;
};

constexpr int iterations_at_most = 20000;
constexpr double settled = 1e-7;  // relative change of a strength in an iteration; 1e-5 Elo

/// The maximum-likelihood model, from a first guess. Each iteration maximises a lower bound that touches the likelihood
/// at the present model (minorise and maximise). In the bound every term has one strength: -log(sum) is replaced by its
/// tangent, -sqrt(s_i s_j) by the inequality of geometric and arithmetic mean. So the likelihood never falls.
Model fit(const std::vector<Outcomes>& all, Model model) {
  std::vector<double> points(model.strength.size(), 0.0);  // wins and half of the draws
  double draws = 0.0;
  for (const Outcomes& pairing : all) {
    points[pairing.first] += pairing.wins + 0.5 * pairing.draws;
    points[pairing.second] += pairing.losses + 0.5 * pairing.draws;
    draws += pairing.draws;
  }
  std::vector<double> slope(model.strength.size());
  for (int iteration = 0; iteration < iterations_at_most; ++iteration) {
    std::fill(slope.begin(), slope.end(), 0.0);
    double draw_slope = 0.0;
    for (const Outcomes& pairing : all) {
      const double a = model.strength[pairing.first];
      const double b = model.strength[pairing.second];
      const double root = std::sqrt(a * b);
      const double share = pairing.matches() / (a + b + model.draw * root);
      slope[pairing.first] += share * (1.0 + 0.5 * model.draw * root / a);
      slope[pairing.second] += share * (1.0 + 0.5 * model.draw * root / b);
      draw_slope += share * root;
    }
    double change = 0.0;
    double log_sum = 0.0;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const double next = points[i] / slope[i];
      change = std::max(change, std::abs(next / model.strength[i] - 1.0));
      model.strength[i] = next;
      log_sum += std::log(next);
    }
    // Only ratios of strengths mean anything: their geometric mean is kept at 1.
    const double scale = std::exp(-log_sum / static_cast<double>(points.size()));
    for (double& strength : model.strength) strength *= scale;
    model.draw = draws / draw_slope;
    if (change < settled) break;
  }
  return model;
}

std::vector<double> elo_of(const Model& model, const RatingOptions& options) {
  std::vector<double> elo;
  for (const double strength : model.strength) elo.push_back(400.0 * std::log10(strength));
  double anchor = 0.0;
  for (const std::size_t team : options.anchors) anchor += elo[team] / static_cast<double>(options.anchors.size());
  if (options.anchors.empty())
    for (const double all : elo) anchor += all / static_cast<double>(elo.size());
  for (double& number : elo) number += options.anchor_elo - anchor;
  return elo;
}

void add(Outcomes& outcomes, std::int32_t lead) {
  ++(lead > 0 ? outcomes.wins : lead < 0 ? outcomes.losses : outcomes.draws);
}

/// The pairing's actual results. imaginary: number of additional matches, half of them won by each team.
Outcomes played(const Pairing& pairing, double imaginary) {
  Outcomes outcomes{pairing.first, pairing.second, 0.5 * imaginary, 0.0, 0.5 * imaginary};
  for (const std::int32_t lead : pairing.leads) add(outcomes, lead);
  return outcomes;
}

/// A bootstrap resample of the pairing: as many matches, drawn with replacement. Half of the imaginary matches stay,
/// the other half may be drawn.
Outcomes resampled(const Pairing& pairing, double imaginary, std::mt19937_64& generator) {
  const double stay = 0.5 * imaginary;
  Outcomes outcomes{pairing.first, pairing.second, 0.5 * stay, 0.0, 0.5 * stay};
  const auto real = static_cast<double>(pairing.leads.size());
  for (std::size_t match = 0; match < pairing.leads.size(); ++match) {
    // From 0 to 1, the same on every machine, unlike the standard library's distributions.
    const double uniform = static_cast<double>(generator() >> 11) * 0x1p-53;
    const double drawn = uniform * (real + imaginary - stay);
    if (drawn < real)
      add(outcomes, pairing.leads[static_cast<std::size_t>(drawn)]);
    else
      add(outcomes, drawn < real + 0.5 * (imaginary - stay) ? 1 : -1);
  }
  return outcomes;
}

/// Interpolates between the sorted numbers.
double quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

/// A rating with the interval of the resamples' ratings; without resamples both bounds are the rating.
Rating with_interval(double elo, std::vector<double> drawn) {
  if (drawn.empty()) return {elo, elo, elo};
  std::sort(drawn.begin(), drawn.end());
  return {elo, quantile(drawn, 0.025), quantile(drawn, 0.975)};
}

/// The Elo of the pairings' first team at which its expected points equal those it made, by bisection, since expected
/// points rise with the Elo. elos: of the second teams.
double elo_of_points(const std::vector<Outcomes>& all, const std::vector<double>& elos, double draw) {
  constexpr double beyond = 4000.0;  // Elo from the others; 10^10 wins for a loss
  constexpr int halvings = 50;       // 1e-11 Elo
  double low = *std::min_element(elos.begin(), elos.end()) - beyond;
  double high = *std::max_element(elos.begin(), elos.end()) + beyond;
  for (int k = 0; k < halvings; ++k) {
    const double elo = 0.5 * (low + high);
    double missing = 0.0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const double root = std::pow(10.0, (elo - elos[i]) / 800.0);  // root of the strengths' ratio
      const double expected = (root * root + 0.5 * draw * root) / (root * root + 1.0 + draw * root);
      missing += all[i].wins + 0.5 * all[i].draws - all[i].matches() * expected;
    }
    (missing > 0.0 ? low : high) = elo;
  }
  return 0.5 * (low + high);
}

}  // namespace

Ratings rate(std::size_t teams, const std::vector<Pairing>& pairings, const RatingOptions& options) {
  const double imaginary =
      0.5 * options.prior_matches * static_cast<double>(teams) / static_cast<double>(pairings.size());
  std::vector<Outcomes> outcomes;
  for (const Pairing& pairing : pairings) outcomes.push_back(played(pairing, imaginary));
  const Model likeliest = fit(outcomes, {.strength = std::vector<double>(teams, 1.0)});
  std::mt19937_64 generator(options.seed);
  std::vector<std::vector<double>> drawn(teams);
  for (int resample = 0; resample < options.resamples; ++resample) {
    for (std::size_t k = 0; k < pairings.size(); ++k) outcomes[k] = resampled(pairings[k], imaginary, generator);
    const std::vector<double> elo = elo_of(fit(outcomes, likeliest), options);
    for (std::size_t team = 0; team < teams; ++team) drawn[team].push_back(elo[team]);
  }
  Ratings ratings{{}, likeliest.draw};
  const std::vector<double> elo = elo_of(likeliest, options);
  for (std::size_t team = 0; team < teams; ++team) ratings.teams.push_back(with_interval(elo[team], drawn[team]));
  return ratings;
}

Rating rate_one(const std::vector<MatchesAgainst>& matches, double draw, const RatingOptions& options) {
  const double imaginary = options.prior_matches / static_cast<double>(matches.size());
  std::vector<double> elos;
  std::vector<Pairing> pairings;
  std::vector<Outcomes> outcomes;
  for (const MatchesAgainst& against : matches) {
    elos.push_back(against.elo);
    pairings.push_back({0, elos.size(), against.leads});
    outcomes.push_back(played(pairings.back(), imaginary));
  }
  const double elo = elo_of_points(outcomes, elos, draw);
  std::mt19937_64 generator(options.seed);
  std::vector<double> drawn;
  for (int resample = 0; resample < options.resamples; ++resample) {
    for (std::size_t k = 0; k < pairings.size(); ++k) outcomes[k] = resampled(pairings[k], imaginary, generator);
    drawn.push_back(elo_of_points(outcomes, elos, draw));
  }
  return with_interval(elo, std::move(drawn));
}

bool clearly_above(const Rating& a, const Rating& b) {
  return a.elo - b.elo > std::hypot(a.elo - a.lowest, b.highest - b.elo);
}

}  // namespace matchday
