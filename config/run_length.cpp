#include "config/run_length.h"

#include <algorithm>

namespace matchday {

double progress_of(const TrainOptions& options, const RunSoFar& so_far) {
  const auto share = [](auto done, auto of) {
    return of > 0 ? static_cast<double>(done) / static_cast<double>(of) : 0.0;
  };
  if (options.match_steps == 0 && options.iterations == 0) return share(so_far.seconds, 60.0 * options.minutes);
  return std::max(share(so_far.match_steps, options.match_steps), share(so_far.iterations, options.iterations));
}

bool out_of_minutes(const TrainOptions& options, const RunSoFar& so_far) {
  return options.minutes > 0.0 && so_far.seconds >= 60.0 * options.minutes;
}

}  // namespace matchday
