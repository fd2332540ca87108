// The program's command line.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>

namespace matchday {

/// The program's commands with their flags. Parsing runs the command that is named, which sets the exit code.
std::unique_ptr<CLI::App> command_line(int& exit_code);

}  // namespace matchday
