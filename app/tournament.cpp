// matchday tournament: a round robin, and the ratings that follow from it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "app/commands.h"
#include "app/evaluation_flags.h"
#include "app/progress.h"
#include "app/table.h"
#include "app/teams.h"
#include "evaluate/evaluation.h"
#include "evaluate/ratings.h"
#include "rules/presets.h"
#include "run/ladder.h"
#include "train/device.h"

namespace matchday {
namespace {

struct TournamentFlags : EvaluationFlags {
  std::vector<std::string> teams;
  bool no_bots = false;
};

/// Who takes part: the teams that are named, then the bots that are not.
std::vector<std::string> entrants(const TournamentFlags& flags) {
  std::vector<std::string> names = flags.teams;
  if (!flags.no_bots)
    for (const std::string& bot : bot_names())
      if (std::find(names.begin(), names.end(), bot) == names.end()) names.push_back(bot);
  return names;
}

/// Finds the teams and gives them distinct names: short ones, unless two of these are equal; then checkpoints get the
/// names from the command line. Throws BadInput if a team is named twice.
std::vector<Team> find_teams(const std::vector<std::string>& names, Decisions decisions, at::Device device) {
  std::vector<Team> teams;
  std::set<std::string> origins;
  std::set<std::string> short_names;
  for (const std::string& name : names) {
    teams.push_back(find_team(name, decisions, device));
    const std::string origin =
        teams.back().checkpoint ? std::filesystem::weakly_canonical(checkpoint_path(name)).string() : name;
    if (!origins.insert(origin).second) throw BadInput(fmt::format("{} would play against itself", name));
    short_names.insert(teams.back().policy.name);
  }
  if (short_names.size() < teams.size())
    for (std::size_t i = 0; i < teams.size(); ++i)
      if (teams[i].checkpoint) teams[i].policy.name = names[i];
  return teams;
}

/// A team's matches against all others, and against each.
struct Standing {
  Team team;
  Rating rating{};
  MatchTally all{};
  std::vector<MatchTally> against;  ///< by the opponent's index; no matches against itself
};

double points(const MatchTally& tally) {
  return (static_cast<double>(tally.wins) + 0.5 * static_cast<double>(tally.draws)) /
         static_cast<double>(tally.matches());
}

void print_pairing(const Standing& a, const Standing& b, const TournamentFlags& flags, const Evaluation& evaluation) {
  nlohmann::ordered_json object{{"what", "pairing"},
                                {"team", a.team.policy.name},
                                {"opponent", b.team.policy.name},
                                {"decisions", flags.decisions},
                                {"seed", flags.seed}};
  object.update(json_of(evaluation));
  fmt::print("{}\n", object.dump());
  std::fflush(stdout);
}

/// Plays every pairing.
void play_round_robin(std::vector<Standing>& standings, const Rules& rules, const TournamentFlags& flags,
                      const EvaluationOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  ProgressLine progress;
  const std::size_t pairings = standings.size() * (standings.size() - 1) / 2;
  std::size_t played = 0;
  for (std::size_t i = 0; i < standings.size(); ++i)
    for (std::size_t j = i + 1; j < standings.size(); ++j) {
      Standing& a = standings[i];
      Standing& b = standings[j];
      progress.show(static_cast<double>(played) / static_cast<double>(pairings),
                    std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
                    fmt::format("{} against {}", a.team.policy.name, b.team.policy.name));
      const Evaluation evaluation = evaluate(rules, a.team.policy, b.team.policy, options);
      a.against[j] = evaluation.both();
      b.against[i] = sides_swapped(a.against[j]);
      a.all = a.all + a.against[j];
      b.all = b.all + b.against[i];
      progress.clear();
      if (flags.json) print_pairing(a, b, flags, evaluation);
      ++played;
    }
}

/// Indices of the anchors: the anchor bot, else all bots. Empty if there are no bots, which means all teams.
std::vector<std::size_t> anchors(const std::vector<Standing>& standings) {
  std::vector<std::size_t> bots;
  for (std::size_t i = 0; i < standings.size(); ++i) {
    if (standings[i].team.checkpoint) continue;
    if (standings[i].team.policy.name == anchor_bot) return {i};
    bots.push_back(i);
  }
  return bots;
}

/// Rates the teams. Returns d, how readily they draw (evaluate/ratings.h).
double rate(std::vector<Standing>& standings, const RatingOptions& options) {
  std::vector<Pairing> pairings;
  for (std::size_t i = 0; i < standings.size(); ++i)
    for (std::size_t j = i + 1; j < standings.size(); ++j) pairings.push_back({i, j, standings[i].against[j].leads});
  const Ratings ratings = rate(standings.size(), pairings, options);
  for (std::size_t i = 0; i < standings.size(); ++i) standings[i].rating = ratings[i];
  return ratings.draw;
}

/// The teams' indices, from the strongest to the weakest.
std::vector<std::size_t> by_rating(const std::vector<Standing>& standings) {
  std::vector<std::size_t> order(standings.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t i, std::size_t j) { return standings[i].rating.elo > standings[j].rating.elo; });
  return order;
}

void print_json(const std::vector<Standing>& standings, double draw) {
  int rank = 0;
  for (const std::size_t i : by_rating(standings)) {
    const Standing& standing = standings[i];
    const nlohmann::ordered_json object{{"what", "rating"},
                                        {"rank", ++rank},
                                        {"team", standing.team.policy.name},
                                        {"elo", standing.rating.elo},
                                        {"elo_lowest", standing.rating.lowest},
                                        {"elo_highest", standing.rating.highest},
                                        {"draw", draw},
                                        {"matches", standing.all.matches()},
                                        {"wins", standing.all.wins},
                                        {"draws", standing.all.draws},
                                        {"losses", standing.all.losses},
                                        {"goals_for", standing.all.goals_for},
                                        {"goals_against", standing.all.goals_against}};
    fmt::print("{}\n", object.dump());
  }
}

/// Prints the table by rating, with the percentage of points that each team took from each other team.
void print_table(const std::vector<Standing>& standings, double draw) {
  std::size_t width = 4;
  for (const Standing& standing : standings) width = std::max(width, standing.team.policy.name.size());
  const std::vector<std::size_t> order = by_rating(standings);
  constexpr const char* line = "{:>2} {:<{}} {:>5} {:>13} {:>9} {:>13} {:>8}  ";
  fmt::print(line, "", "team", width, "Elo", "95 %", "W/D/L %", "goals", "points %");
  for (std::size_t rank = 1; rank <= order.size(); ++rank) fmt::print(" {:>3}", rank);
  int rank = 0;
  for (const std::size_t i : order) {
    const Standing& row = standings[i];
    fmt::print("\n");
    fmt::print(line, ++rank, row.team.policy.name, width, fmt::format("{:.0f}", row.rating.elo),
               fmt::format("{:.0f} to {:.0f}", row.rating.lowest, row.rating.highest), result_shares(row.all),
               goals_a_match(row.all), fmt::format("{:.1f}", 100.0 * points(row.all)));
    for (const std::size_t j : order)
      fmt::print(" {:>3}", i == j ? "." : fmt::format("{:.0f}", 100.0 * points(row.against[j])));
  }
  fmt::print("\ndraws' parameter: {:.3f}\n", draw);
}

void tournament(const TournamentFlags& flags) {
  const at::Device device = find_device(flags.device);
  const std::vector<std::string> names = entrants(flags);
  if (names.size() < 2) throw BadInput("a tournament needs at least 2 teams");
  const std::vector<Team> teams = find_teams(names, decisions_called(flags.decisions), device);
  std::vector<const Team*> all;
  for (const Team& team : teams) all.push_back(&team);
  const Rules rules = common_rules(all, flags.preset);

  std::vector<Standing> standings(teams.size());
  for (std::size_t i = 0; i < teams.size(); ++i) {
    standings[i].team = teams[i];
    standings[i].against.resize(teams.size());
  }
  const RatingOptions options{.anchors = anchors(standings), .seed = flags.seed};
  if (!flags.json) {
    std::vector<std::string> anchored;
    for (const std::size_t i : options.anchors) anchored.push_back(teams[i].policy.name);
    for (const std::string& name : flags.teams) fmt::print("{}", told_of_run(name));
    fmt::print("{}, {} a side, {} matches of every pairing, {} actions; Elo {:.0f} is {}{}\n", game_name(rules.game),
               rules.players, 2 * flags.matches, flags.decisions, options.anchor_elo,
               anchored.size() == 1 ? "" : "the mean of ",
               anchored.empty() ? "all" : fmt::format("{}", fmt::join(anchored, ", ")));
    std::fflush(stdout);
  }
  MatchRecorder recorder(flags.record);
  ThreadPool thread_pool(threads_of({}, device));
  play_round_robin(standings, rules, flags,
                   {.matches = flags.matches,
                    .seed = flags.seed,
                    .device = device,
                    .record = recorder.callback(),
                    .thread_pool = &thread_pool});
  recorder.save(flags.json);
  const double draw = rate(standings, options);
  if (flags.json)
    print_json(standings, draw);
  else
    print_table(standings, draw);
}

}  // namespace

void add_tournament_command(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<TournamentFlags>();
  flags->matches = 128;
  CLI::App* command = app.add_subcommand("tournament", "Play all teams and bots against each other and rate them.");
  command->add_option("teams", flags->teams, "checkpoints, run folders or bots")->type_name("TEAM");
  add_evaluation_flags(*command, *flags, "of the starts, and of the ratings' intervals",
                       "the mean, or sampled as in training", {"mean", "sampled"});
  command->add_flag("--no-bots", flags->no_bots, "only the teams that are named");
  command->callback([flags, &exit_code] {
    tournament(*flags);
    exit_code = 0;
  });
}

}  // namespace matchday
