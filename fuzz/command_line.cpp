// A command line, one argument per line. It is parsed with all its numbers and lists; no command runs.
#include "app/command_line.h"

#include <algorithm>
#include <string>
#include <vector>

#include "fuzz/target.h"

using namespace matchday;

namespace {

/// Thrown when all arguments of a command are parsed, before it runs.
struct Parsed {};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::string> arguments = fuzz::lines_of(fuzz::text_of(data, size));
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them in reverse
  int exit_code = 0;
  const auto app = command_line(exit_code);
  for (CLI::App* command : app->get_subcommands({})) {
    command->parse_complete_callback([] { throw Parsed(); });
    for (CLI::App* inner : command->get_subcommands({})) inner->parse_complete_callback([] { throw Parsed(); });
  }
  fuzz::accepted([&] {
    try {
      app->parse(arguments);
    } catch (const Parsed&) {
    } catch (const CLI::Error&) {  // what the program reports in one sentence, or --help
    }
  });
  return 0;
}
