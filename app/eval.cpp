// matchday eval: a team's matches against bots or other teams.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "app/evaluation_flags.h"
#include "app/table.h"
#include "app/teams.h"
#include "evaluate/evaluation.h"
#include "rules/presets.h"
#include "train/device.h"

namespace matchday {
namespace {

struct EvalFlags : EvaluationFlags {
  std::string team = trained_team;
  std::vector<std::string> against;
};

/// The team against all opponents, with one kind of decisions.
void eval(const EvalFlags& flags, const std::vector<std::string>& opponents) {
  const at::Device device = find_device(flags.device);
  const Team team = find_team(flags.team, decisions_called(flags.decisions), device);
  std::vector<TableRow> rows;
  MatchRecorder recorder(flags.record);
  ThreadPool thread_pool(threads_of({}, device));
  for (const std::string& name : opponents) {
    const Team opponent = find_team(name, decisions_called(flags.decisions), device);
    const Rules rules = common_rules({&team, &opponent}, flags.preset);
    rows.push_back({name, evaluate(rules, team.policy, opponent.policy,
                                   {.matches = flags.matches,
                                    .seed = flags.seed,
                                    .device = device,
                                    .record = recorder.callback(),
                                    .thread_pool = &thread_pool})});
    recorder.save(flags.json);
    if (!flags.json) continue;
    nlohmann::ordered_json object{{"what", "eval"},
                                  {"team", flags.team},
                                  {"opponent", name},
                                  {"decisions", flags.decisions},
                                  {"preset", game_name(rules.game)},
                                  {"players", rules.players},
                                  {"steps", rules.steps},
                                  {"seed", flags.seed}};
    object.update(json_of(rows.back().evaluation));
    fmt::print("{}\n", object.dump());
    std::fflush(stdout);
  }
  if (flags.json) return;
  fmt::print("{}", told_of_run(flags.team));
  for (const std::string& name : opponents) fmt::print("{}", told_of_run(name));
  fmt::print("{} actions\n{}", flags.decisions, results_table(team.policy.name, rows));
}

void eval(const EvalFlags& flags) {
  const std::vector<std::string> opponents = flags.against.empty() ? bot_names() : flags.against;
  if (flags.decisions != "both") return eval(flags, opponents);
  for (const std::string decisions : {"mean", "sampled"}) {
    EvalFlags one = flags;
    one.decisions = decisions;
    if (!one.record.folder.empty()) one.record.folder += "/" + decisions;
    if (decisions == "sampled" && !flags.json) fmt::print("\n");
    eval(one, opponents);
  }
}

}  // namespace

void add_eval_command(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<EvalFlags>();
  CLI::App* command = app.add_subcommand("eval", "Play a team against bots or other teams, on both sides.");
  CLI::Option* team = command->add_option("team", flags->team, "checkpoint, run folder, bot, or \"trained\"")
                          ->capture_default_str()
                          ->type_name("TEAM");
  command->add_option("--against", flags->against, "opponents (default: all bots)")->type_name("TEAM");
  add_evaluation_flags(*command, *flags, "of the starts", "the mean, sampled as in training, or a table of each",
                       {"mean", "sampled", "both"});
  command->callback([flags, team, &exit_code] {
    if (team->count() == 0 && flags->against.size() > 1)
      throw BadInput(fmt::format("--against {}: is one of these the team? Name it before --against, such as {}",
                                 fmt::join(flags->against, " "), trained_team));
    eval(*flags);
    exit_code = 0;
  });
}

}  // namespace matchday
