// matchday eval: a team's matches against bots or other teams.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands.h"
#include "app/flags.h"
#include "app/table.h"
#include "app/teams.h"
#include "rules/presets.h"
#include "train/evaluation.h"
#include "train/trainer.h"

namespace matchday {
namespace {

struct EvalFlags {
  std::string team;
  std::vector<std::string> against;
  std::int64_t matches = 256;
  std::uint64_t seed = 1000;
  bool sampled = false;
  std::string preset = "arena";
  std::string device = "auto";
};

int eval(const EvalFlags& flags) {
  const at::Device device = find_device(flags.device);
  const Decisions decisions = flags.sampled ? Decisions::sampled : Decisions::mean;
  const Team team = find_team(flags.team, decisions, device);
  std::vector<TableRow> rows;
  for (const std::string& name : flags.against.empty() ? bot_names() : flags.against) {
    const Team opponent = find_team(name, decisions, device);
    require_same_rules(team, opponent);
    const Team& trained = team.checkpoint ? team : opponent;
    const Rules rules = trained.checkpoint ? trained.checkpoint->config.rules : default_config(flags.preset).rules;
    rows.push_back({name, evaluate(rules, team.policy, opponent.policy,
                                   {.matches = flags.matches, .seed = flags.seed, .device = device})});
  }
  fmt::print("{}", results_table(team.policy.name, rows));
  return 0;
}

}  // namespace

void add_eval_command(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<EvalFlags>();
  CLI::App* command = app.add_subcommand("eval", "Play a team against bots or other teams, on both sides.");
  command->add_option("team", flags->team, "checkpoint, run folder or bot")->required()->type_name("TEAM");
  command->add_option("--against", flags->against, "opponents (default: all bots)")->type_name("TEAM");
  command->add_option("--matches", flags->matches, "matches on each side")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  add_seed_flag(*command, flags->seed, "of the starts");
  command->add_flag("--sampled", flags->sampled, "draw actions as in training instead of taking the mean");
  command->add_option("--preset", flags->preset, "rules for bots among themselves")->capture_default_str();
  command->add_option("--device", flags->device, "auto, cpu, cuda, cuda:N or mps")->capture_default_str();
  command->callback([flags, &exit_code] { exit_code = eval(*flags); });
}

}  // namespace matchday
