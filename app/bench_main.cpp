// matchday-bench: the bench command alone, without pictures, for machines that lack the libraries of pictures.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>

#include "app/commands.h"
#include "app/program_version.h"
#include "rules/bad_input.h"

int main(int argc, char* argv[]) {
  CLI::App app("Measures how fast this machine plays.", "matchday-bench");
  app.set_version_flag("--version", matchday::program_version());
  int exit_code = 0;
  matchday::add_benchmarks(app, exit_code);
  try {
    app.parse(argc, argv);
    return exit_code;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const matchday::BadInput& error) {
    fmt::print(stderr, "matchday-bench: {}\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "matchday-bench: {}\n", error.what());
    return 1;
  }
}
