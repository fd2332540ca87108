// matchday eval: a team's matches against bots or other teams.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "app/flags.h"
#include "app/recording.h"
#include "app/table.h"
#include "app/teams.h"
#include "rules/presets.h"
#include "train/device.h"
#include "train/evaluation.h"

namespace matchday {
namespace {

struct EvalFlags {
  std::string team = trained_team;
  std::vector<std::string> against;
  std::int64_t matches = 256;
  std::uint64_t seed = 1000;
  std::string decisions = "mean";
  std::string preset = "arena";
  std::string device = "auto";
  bool json = false;
  RecordFlags record;
};

/// The team against all opponents, with one kind of decisions.
void eval(const EvalFlags& flags, const std::vector<std::string>& opponents, const std::string& decisions) {
  const at::Device device = find_device(flags.device);
  const Team team = find_team(flags.team, decisions_called(decisions), device);
  std::vector<TableRow> rows;
  Recording recording(flags.record);
  for (const std::string& name : opponents) {
    const Team opponent = find_team(name, decisions_called(decisions), device);
    const Rules rules = common_rules({&team, &opponent}, flags.preset);
    rows.push_back(
        {name,
         evaluate(rules, team.policy, opponent.policy,
                  {.matches = flags.matches, .seed = flags.seed, .device = device, .record = recording.recorder()})});
    recording.save(flags.json);
    if (!flags.json) continue;
    nlohmann::ordered_json object{{"what", "eval"},
                                  {"team", flags.team},
                                  {"opponent", name},
                                  {"decisions", decisions},
                                  {"preset", preset_name(rules.game)},
                                  {"players", rules.players},
                                  {"steps", rules.steps},
                                  {"seed", flags.seed}};
    object.update(json_of(rows.back().evaluation));
    fmt::print("{}\n", object.dump());
    std::fflush(stdout);
  }
  if (!flags.json) fmt::print("{} actions\n{}", decisions, results_table(team.policy.name, rows));
}

void eval(const EvalFlags& flags) {
  const std::vector<std::string> opponents = flags.against.empty() ? bot_names() : flags.against;
  if (flags.decisions != "both") return eval(flags, opponents, flags.decisions);
  eval(flags, opponents, "mean");
  if (!flags.json) fmt::print("\n");
  eval(flags, opponents, "sampled");
}

}  // namespace

void add_eval_command(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<EvalFlags>();
  CLI::App* command = app.add_subcommand("eval", "Play a team against bots or other teams, on both sides.");
  command->add_option("team", flags->team, "checkpoint, run folder, bot, or \"trained\"")
      ->capture_default_str()
      ->type_name("TEAM");
  command->add_option("--against", flags->against, "opponents (default: all bots)")->type_name("TEAM");
  command->add_option("--matches", flags->matches, "matches on each side")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  add_seed_flag(*command, flags->seed, "of the starts");
  command
      ->add_option("--decisions", flags->decisions,
                   "actions of trained teams: the mean, sampled as in training, or a table of each")
      ->check(CLI::IsMember({"mean", "sampled", "both"}))
      ->capture_default_str();
  command->add_option("--preset", flags->preset, "rules for bots among themselves")->capture_default_str();
  command->add_option("--device", flags->device, "auto, cpu, cuda, cuda:N or mps")->capture_default_str();
  command->add_flag("--json", flags->json, "one JSON object a line for every opponent");
  add_record_flags(*command, flags->record);
  command->callback([flags, &exit_code] {
    eval(*flags);
    exit_code = 0;
  });
}

}  // namespace matchday
