#include "app/command_line.h"

#include <string>

#include "app/commands.h"
#include "version.h"

namespace matchday {
namespace {

/// Rejects a whole number with a leading zero, which CLI11 would read as octal though users mean decimal. Empty: valid.
std::string decimal(const std::string& text) {
  const std::size_t first = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  const bool padded = text.size() > first + 1 && text[first] == '0' && text[first + 1] != 'x';
  return padded ? text + " begins with a zero; a whole number has none in front" : "";
}

/// Rejects an empty value, as an unset shell variable leaves it on a command line.
std::string not_empty(const std::string& text) { return text.empty() ? "its value is empty" : ""; }

}  // namespace

std::unique_ptr<CLI::App> command_line(int& exit_code) {
  auto app = std::make_unique<CLI::App>(
      "Plays thousands of 2D football matches at once and teaches teams by self-play.", "matchday");
  app->set_version_flag("--version", std::string("matchday ") + matchday_version);
  app->require_subcommand(0, 1);  // so that the error for an unknown command names it
  add_train_command(*app, exit_code);
  add_eval_command(*app, exit_code);
  add_tournament_command(*app, exit_code);
  add_play_command(*app, exit_code);
  add_replay_command(*app, exit_code);
  add_check_command(*app, exit_code);
  add_bench_command(*app, exit_code);
  add_curves_command(*app, exit_code);
  add_export_command(*app, exit_code);
  add_import_command(*app, exit_code);
  add_info_command(*app, exit_code);
  add_test_command(*app, exit_code);

  for (CLI::App* command : app->get_subcommands({}))
    for (CLI::Option* option : command->get_options()) {
      if (option->get_items_expected_max() > 0) option->check(CLI::Validator(not_empty, ""));
      if (option->get_type_name().find("INT") != std::string::npos) option->check(CLI::Validator(decimal, ""));
    }
  return app;
}

}  // namespace matchday
