// matchday test: the test suite is run by the launcher at the top of the source tree, which builds it first.
#include <CLI/CLI.hpp>

#include "app/commands.h"
#include "rules/bad_input.h"

namespace matchday {

void add_test_command(CLI::App& app, int& /*exit_code*/) {
  app.add_subcommand("test", "Build and run the test suite (in the source tree: ./matchday test).")->callback([] {
    throw BadInput(
        "the tests belong to the source tree: run ./matchday test there (matchday check compares backends here)");
  });
}

}  // namespace matchday
