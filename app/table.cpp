#include "app/table.h"

#include <fmt/format.h>

#include <algorithm>

namespace matchday {
namespace {

double percent(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string shares(const MatchTally& tally) {
  const std::int64_t n = tally.matches();
  return fmt::format("{:.0f}/{:.0f}/{:.0f}", percent(tally.wins, n), percent(tally.draws, n), percent(tally.losses, n));
}

std::string goals(const MatchTally& tally) {
  const auto n = static_cast<double>(std::max<std::int64_t>(tally.matches(), 1));
  return fmt::format("{:.2f} - {:.2f}", static_cast<double>(tally.goals_for) / n,
                     static_cast<double>(tally.goals_against) / n);
}

std::string decided(const MatchTally& tally) {
  if (tally.wins + tally.losses == 0) return "none";
  const double share = win_share(tally);
  return fmt::format("{:.1f} +- {:.1f}", 100.0 * share, 100.0 * share_margin(share, tally.wins + tally.losses));
}

}  // namespace

std::string results_table(const std::string& team, const std::vector<TableRow>& rows) {
  constexpr const char* line = "{:<18} {:>8} {:>12} {:>18} {:>14} {:>12} {:>12}\n";
  std::string text = fmt::format(line, team + " against", "matches", "W/D/L %", "won of decided %", "goals a match",
                                 "as A W/D/L", "as B W/D/L");
  for (const TableRow& row : rows) {
    const MatchTally both = row.evaluation.both();
    text += fmt::format(line, row.opponent, both.matches(), shares(both), decided(both), goals(both),
                        shares(row.evaluation.as_a), shares(row.evaluation.as_b));
  }
  return text;
}

}  // namespace matchday
