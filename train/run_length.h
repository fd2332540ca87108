// How far a run is, and when it ends.
#pragma once

#include <cstdint>

#include "train/config.h"

namespace matchday {

/// What a run has done so far.
struct RunSoFar {
  std::int64_t match_steps = 0;
  std::int64_t iterations = 0;
  double seconds = 0.0;  ///< of training
};

/// How far a run is: 1 at its end. By match-steps or iterations where its length is told in them, by the nearer end if
/// in both; then all that follows it is the same on any machine. By the minutes only where nothing else is told.
double progress_of(const TrainOptions& options, const RunSoFar& so_far);

/// Whether the run has had its minutes.
bool out_of_minutes(const TrainOptions& options, const RunSoFar& so_far);

}  // namespace matchday
