// The progress line of a run.
#pragma once

#include <string>

namespace matchday {

/// Shows progress on stderr: on a terminal one line, rewritten in place and no longer than the terminal is wide;
/// elsewhere (a log file) a new line every half minute, without the bar.
class ProgressLine {
 public:
  /// Shows `share` (0 to 1) of a bar, and `text`. seconds: since the start.
  void show(double share, double seconds, const std::string& text);

  /// Erases the line, so that other output can follow.
  void clear();

 private:
  double last_shown_ = -1e9;
};

/// 75 -> "1:15".
std::string minutes_and_seconds(double seconds);

}  // namespace matchday
