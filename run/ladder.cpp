#include "run/ladder.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>

#include "evaluate/tally_numbers.h"
#include "policy/bots.h"
#include "policy/network_policy.h"
#include "rules/fields.h"
#include "rules/presets.h"
#include "run/checkpoint.h"

namespace matchday {
namespace {

namespace fs = std::filesystem;

/// Matches of each pairing on each side when the bots are rated by a round robin.
constexpr std::int64_t matches_of_bots = 128;

/// Whether the same actions give the same matches under both rules: only shaping rewards may differ.
bool same_football(const Rules& a, const Rules& b) {
  return a.game == b.game && std::all_of(rules_fields.begin(), rules_fields.end(), [&](const Field<Rules>& field) {
           return field.name.starts_with("shaping_") || same_field(field, a, b);
         });
}

bool is_bot(const std::string& name) {
  const std::vector<std::string> bots = bot_names();
  return std::find(bots.begin(), bots.end(), name) != bots.end();
}

/// A number of the table. Throws BadInput if it isn't there, or not finite.
double number(const toml::table& table, const char* key, const std::string& where) {
  const double value = table[key].value_or(std::nan(""));
  if (!std::isfinite(value)) throw BadInput(fmt::format("{}: {} must be a number", where, key));
  return value;
}

Rung read_rung(const toml::table& row, const fs::path& folder, const std::string& where, at::Device device) {
  const double elo = number(row, "elo", where);
  const std::string name = row["name"].value_or(std::string());
  const std::string file = row["file"].value_or(std::string());
  if (file.empty()) {
    if (!is_bot(name))
      throw BadInput(fmt::format("{}: name is \"{}\", which is no bot; a trained team needs a file", where, name));
    return {make_bot(name), elo};
  }
  const Checkpoint checkpoint = load_checkpoint((folder / file).string(), device);
  if (!same_football(checkpoint.config.rules, arena()))
    throw BadInput(fmt::format("{}: {} was trained by other rules than arena's", where, file));
  return {team_policy(name, checkpoint.networks, Decisions::mean), elo};
}

Ladder read_ladder(const fs::path& path, at::Device device) {
  try {
    const toml::table table = toml::parse_file(path.string());
    Ladder ladder{{}, number(table, "draw", path.string())};
    const toml::array* rows = table["team"].as_array();
    for (std::size_t k = 0; rows != nullptr && k < rows->size(); ++k) {
      const toml::table* row = (*rows)[k].as_table();
      const std::string where = fmt::format("{}: team {}", path.string(), k + 1);
      if (row == nullptr) throw BadInput(where + " must be a table [[team]]");
      ladder.rungs.push_back(read_rung(*row, path.parent_path(), where, device));
    }
    if (ladder.rungs.empty()) throw BadInput(fmt::format("{}: there is no [[team]] in it", path.string()));
    return ladder;
  } catch (const toml::parse_error& error) {
    throw BadInput(fmt::format("{}: cannot be read: {}", path.string(), error.description()));
  }
}

Ladder ladder_of_bots(const Rules& rules, at::Device device, ThreadPool& thread_pool) {
  const std::vector<std::string> names = bot_names();
  std::vector<Pairing> pairings;
  for (std::size_t i = 0; i < names.size(); ++i)
    for (std::size_t j = i + 1; j < names.size(); ++j) pairings.push_back({i, j, {}});
  thread_pool.parallel_for(static_cast<std::int64_t>(pairings.size()), [&](std::int64_t k) {
    Pairing& pairing = pairings[static_cast<std::size_t>(k)];
    pairing.leads = evaluate(rules, make_bot(names[pairing.first]), make_bot(names[pairing.second]),
                             {.matches = matches_of_bots, .device = device})
                        .both()
                        .leads;
  });
  const auto anchor = static_cast<std::size_t>(std::find(names.begin(), names.end(), anchor_bot) - names.begin());
  const Ratings ratings = rate(names.size(), pairings, {.anchors = {anchor}, .resamples = 0});
  Ladder ladder{{}, ratings.draw};
  for (std::size_t i = 0; i < names.size(); ++i) ladder.rungs.push_back({make_bot(names[i]), ratings[i].elo});
  return ladder;
}

/// evaluate() on all ranks together: each plays against every n-th opponent, so that an evaluation does not depend on
/// who plays it.
std::vector<Evaluation> evaluate_on_ranks(const Rules& rules, const Policy& team, const std::vector<Policy>& opponents,
                                          const EvaluationOptions& options, const Ranks& ranks) {
  if (ranks.size() == 1) return evaluate(rules, team, opponents, options);
  const auto is_own = [&](std::size_t k) { return static_cast<int>(k) % ranks.size() == ranks.rank(); };
  std::vector<Policy> own;
  for (std::size_t k = 0; k < opponents.size(); ++k)
    if (is_own(k)) own.push_back(opponents[k]);
  const std::vector<Evaluation> played = evaluate(rules, team, own, options);
  // What the others play is 0 here; added up, all is there.
  const auto count = static_cast<std::int64_t>(opponents.size());
  at::Tensor numbers = at::zeros({1, count, 2, numbers_in_tally(options.matches)}, at::kDouble);
  for (std::size_t k = 0, next = 0; k < opponents.size(); ++k)
    if (is_own(k)) {
      const at::Tensor of_rung = numbers[0][static_cast<std::int64_t>(k)];
      of_rung[0].copy_(numbers_of(played[next].as_a));
      of_rung[1].copy_(numbers_of(played[next++].as_b));
    }
  numbers = ranks.gathered(numbers).sum(0);
  std::vector<Evaluation> all;
  for (std::int64_t k = 0; k < count; ++k) all.push_back({tally_of(numbers[k][0]), tally_of(numbers[k][1])});
  return all;
}

}  // namespace

Ladder ladder_for(const Rules& rules, const fs::path& table, at::Device device, ThreadPool& thread_pool) {
  return same_football(rules, arena()) ? read_ladder(table, device) : ladder_of_bots(rules, device, thread_pool);
}

Measured measure(const Rules& rules, const Policy& team, const Ladder& ladder, const EvaluationOptions& options,
                 const Ranks& ranks) {
  std::vector<Policy> opponents;
  for (const Rung& rung : ladder.rungs) opponents.push_back(rung.policy);
  std::vector<Evaluation> evaluations = evaluate_on_ranks(rules, team, opponents, options, ranks);
  std::vector<MatchesAgainst> matches;
  for (std::size_t k = 0; k < evaluations.size(); ++k)
    matches.push_back({ladder.rungs[k].elo, evaluations[k].both().leads});
  return {rate_one(matches, ladder.draw), std::move(evaluations)};
}

}  // namespace matchday
