// The line that tells how far a run is.
#pragma once

#include <string>

namespace matchday {

/// Shows one line on stderr: rewritten in place on a terminal, no longer than that is wide; elsewhere (a log file) a
/// new line every half minute, without the bar.
class ProgressLine {
 public:
  /// Shows `share` (0 to 1) of a bar, and `text`. seconds: since the start.
  void show(double share, double seconds, const std::string& text);

  /// Makes room for other output.
  void clear();

 private:
  double last_shown_ = -1e9;
};

/// 75 -> "1:15".
std::string minutes_and_seconds(double seconds);

}  // namespace matchday
