// matchday: plays, trains, checks and shows 2D football.
#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>
#include <string>

#include "app/command_line.h"
#include "rules/bad_input.h"

namespace {

/// Keeps freed memory for the next step instead of giving it back to the system: a step allocates and frees hundreds of
/// tensors, and fresh pages for each would double its time.
void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // bytes; the largest that glibc allows
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 64 << 20);
#endif
}

/// Opens /dev/null for each closed standard stream, so that no file opened later gets its descriptor, and its output.
/// /dev/null is opened for reading only, so that writing to standard output still fails and is reported.
void keep_standard_streams() {
  while (true) {
    const int descriptor = ::open("/dev/null", O_RDONLY);
    if (descriptor > STDERR_FILENO) {
      ::close(descriptor);
      return;
    }
    if (descriptor < 0) return;
  }
}

/// The first line of a text: torch appends a stack trace to its error messages.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

int fail(int exit_code, const std::string& text) {
  fmt::print(stderr, "matchday: {}\n", matchday::one_line(text));
  return exit_code;
}

int run(int argc, char* argv[]) {
  spdlog::set_pattern("%H:%M:%S  %v");
  int exit_code = 0;
  const std::unique_ptr<CLI::App> app = matchday::command_line(exit_code);
  try {
    app->parse(argc, argv);
    if (app->get_subcommands().empty()) throw CLI::RequiredError("A command");
    return exit_code;
  } catch (const CLI::Success& success) {  // --help, --version
    return app->exit(success);
  } catch (const CLI::ParseError& error) {
    return fail(2, fmt::format("{} (matchday --help shows what there is)", first_line(error.what())));
  } catch (const matchday::BadInput& error) {
    return fail(2, error.what());
  } catch (const std::exception& error) {
    return fail(1, first_line(error.what()));
  }
}

}  // namespace

int main(int argc, char* argv[]) {
  keep_freed_memory();
  keep_standard_streams();
  std::signal(SIGXFSZ, SIG_IGN);  // exceeding the file size limit is then an error like a full disk
  const int exit_code = run(argc, argv);
  std::cout.flush();
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0 || !std::cout)
    return fail(exit_code == 0 ? 1 : exit_code, "standard output cannot be written");
  return exit_code;
}
