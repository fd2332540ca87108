// matchday: plays, trains, checks and shows 2D football.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <string>

#include "app/commands.h"
#include "rules/bad_input.h"
#include "version.h"

namespace {

/// The first line of a text: torch adds its stack to what its errors say.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

int fail(int exit_code, const std::string& text) {
  fmt::print(stderr, "matchday: {}\n", text);
  return exit_code;
}

}  // namespace

int main(int argc, char* argv[]) {
  spdlog::set_pattern("%H:%M:%S  %v");
  CLI::App app("Plays thousands of 2D football matches at once and teaches teams by self-play.", "matchday");
  app.set_version_flag("--version", std::string("matchday ") + matchday::matchday_version);
  app.require_subcommand(1);
  int exit_code = 0;
  matchday::add_train_command(app, exit_code);
  matchday::add_eval_command(app, exit_code);
  matchday::add_play_command(app, exit_code);
  matchday::add_check_command(app, exit_code);
  matchday::add_info_command(app, exit_code);
  matchday::add_test_command(app, exit_code);

  try {
    app.parse(argc, argv);
    return exit_code;
  } catch (const CLI::Success& success) {  // --help, --version
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    return fail(2, fmt::format("{} (matchday --help shows what there is)", first_line(error.what())));
  } catch (const matchday::BadInput& error) {
    return fail(2, error.what());
  } catch (const std::exception& error) {
    return fail(1, first_line(error.what()));
  }
}
