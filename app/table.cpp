#include "app/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace matchday {
namespace {

double ratio(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string decided(const MatchTally& tally) {
  if (tally.wins + tally.losses == 0) return "none";
  const double share = win_share(tally);
  const ShareInterval interval = share_interval(share, tally.wins + tally.losses);
  return fmt::format("{:.1f} ({:.1f}-{:.1f})", 100.0 * share, 100.0 * interval.lowest, 100.0 * interval.highest);
}

nlohmann::ordered_json json_of(const Metrics& metrics) {
  nlohmann::ordered_json object;
  for (const auto& [name, number] : metrics) object[name] = number;
  return object;
}

nlohmann::ordered_json json_of(const MatchTally& tally) {
  return {{"matches", tally.matches()},
          {"wins", tally.wins},
          {"draws", tally.draws},
          {"losses", tally.losses},
          {"goals_for", tally.goals_for},
          {"goals_against", tally.goals_against},
          {"own", json_of(play_metrics(tally.own, tally))},
          {"opponents", json_of(play_metrics(tally.opponents, tally))}};
}

}  // namespace

std::string result_shares(const MatchTally& tally) {
  const std::int64_t n = tally.matches();
  return fmt::format("{:.0f}/{:.0f}/{:.0f}", 100.0 * ratio(tally.wins, n), 100.0 * ratio(tally.draws, n),
                     100.0 * ratio(tally.losses, n));
}

std::string goals_a_match(const MatchTally& tally) {
  return fmt::format("{:.2f} - {:.2f}", ratio(tally.goals_for, tally.matches()),
                     ratio(tally.goals_against, tally.matches()));
}

std::string results_table(const std::string& team, const std::vector<TableRow>& rows) {
  std::size_t width = team.size() + 8;  // for " against"
  for (const TableRow& row : rows) width = std::max(width, row.opponent.size());
  std::string text;
  const auto add_line = [&](const auto&... columns) {
    text += fmt::format("{:<{}} {:>7} {:>9} {:>18} {:>13} {:>7} {:>11} {:>11} {:>11} {:>9} {:>9} {:>9}\n", columns...);
  };
  add_line(team + " against", width, "matches", "W/D/L %", "won/decided %", "goals", "ball %", "passes", "shots",
           "apart u", "kept %", "as A", "as B");
  for (const TableRow& row : rows) {
    const MatchTally both = row.evaluation.both();
    const Metrics own = play_metrics(both.own, both), theirs = play_metrics(both.opponents, both);
    const auto counts = [&](const char* name) {
      return fmt::format("{:.1f} - {:.1f}", metric(own, name), metric(theirs, name));
    };
    const auto shares = [&](const char* name) {
      return fmt::format("{:.0f} - {:.0f}", 100.0 * metric(own, name), 100.0 * metric(theirs, name));
    };
    add_line(row.opponent, width, both.matches(), result_shares(both), decided(both), goals_a_match(both),
             shares("possession"), counts("passes"), counts("shots"), counts("distance_between_mates"),
             shares("goal_kept"), result_shares(row.evaluation.as_a), result_shares(row.evaluation.as_b));
  }
  return text;
}

nlohmann::ordered_json json_of(const Evaluation& evaluation) {
  const MatchTally both = evaluation.both();
  nlohmann::ordered_json object = json_of(both);
  object["won_of_decided"] = win_share(both);
  const ShareInterval interval = share_interval(win_share(both), both.wins + both.losses);
  object["won_of_decided_lowest"] = interval.lowest;
  object["won_of_decided_highest"] = interval.highest;
  object["as_a"] = json_of(evaluation.as_a);
  object["as_b"] = json_of(evaluation.as_b);
  return object;
}

}  // namespace matchday
