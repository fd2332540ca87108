#include "app/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace matchday {
namespace {

constexpr int bar_width = 24;                   // characters
constexpr double seconds_between_lines = 30.0;  // in a log
constexpr double seconds_between_frames = 0.2;  // on a terminal

bool on_terminal() { return isatty(STDERR_FILENO) == 1; }

/// Width of the terminal; it may change while the program runs.
std::size_t columns() {
  winsize size{};
  constexpr std::size_t usual = 80;
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual;
}

}  // namespace

void ProgressLine::show(double share, double seconds, const std::string& text) {
  if (seconds - last_shown_ < (on_terminal() ? seconds_between_frames : seconds_between_lines)) return;
  last_shown_ = seconds;
  const int filled = static_cast<int>(std::clamp(share, 0.0, 1.0) * bar_width);
  const std::string bar = std::string(static_cast<std::size_t>(filled), '#') +
                          std::string(static_cast<std::size_t>(bar_width - filled), '.');
  const double left = share > 0.0 ? seconds * (1.0 - share) / share : 0.0;
  const std::string told = fmt::format("{:3.0f} %  {} left  {}", 100.0 * share, minutes_and_seconds(left), text);
  if (!on_terminal()) {
    fmt::print(stderr, "{}\n", told);
    return;
  }
  // A line longer than the terminal is wide could not be rewritten in place.
  const std::string line = fmt::format("[{}] {}", bar, told);
  fmt::print(stderr, "\r\033[K{}", (line.size() < columns() ? line : told).substr(0, columns() - 1));
  std::fflush(stderr);
}

void ProgressLine::clear() {
  if (on_terminal()) fmt::print(stderr, "\r\033[K");
}

std::string minutes_and_seconds(double seconds) {
  const long whole = std::lround(std::max(seconds, 0.0));
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace matchday
