#include "app/evaluation_flags.h"

#include "app/flags.h"

namespace matchday {

void add_evaluation_flags(CLI::App& command, EvaluationFlags& flags, const std::string& seed,
                          const std::string& decisions_help, const std::vector<std::string>& decisions) {
  command.add_option("--matches", flags.matches, "matches of every pairing on each side")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  add_seed_flag(command, flags.seed, seed);
  command.add_option("--decisions", flags.decisions, "actions of trained teams: " + decisions_help)
      ->check(CLI::IsMember(decisions))
      ->capture_default_str();
  command.add_option("--preset", flags.preset, "rules for bots among themselves")->capture_default_str();
  command.add_option("--device", flags.device, "auto, cpu, cuda, cuda:N or mps")->capture_default_str();
  command.add_flag("--json", flags.json, "one JSON object a line, for every pairing and rating");
  CLI::Option* record =
      command.add_option("--record", flags.record.folder, "folder for the matches, as files for replay and play")
          ->type_name("DIR");
  command.add_option("--record-every", flags.record.every, "only every so many-th match")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str()
      ->needs(record);
  command.add_flag("--record-goals", flags.record.goals, "only matches in which goals fell")->needs(record);
}

}  // namespace matchday
