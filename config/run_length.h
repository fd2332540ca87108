// How far a run is, and when it ends.
#pragma once

#include <cstdint>

#include "config/config.h"

namespace matchday {

/// What a run has done so far.
struct RunSoFar {
  std::int64_t match_steps = 0;
  std::int64_t iterations = 0;
  double seconds = 0.0;  ///< of training
};

/// Progress of a run, 1 at its end: in match-steps or iterations if its length is given in them (in the one that ends
/// first, if in both), so that schedules are the same on any machine; in minutes only if no other length is given.
double progress_of(const TrainOptions& options, const RunSoFar& so_far);

/// Whether the run has used up its minutes.
bool out_of_minutes(const TrainOptions& options, const RunSoFar& so_far);

}  // namespace matchday
