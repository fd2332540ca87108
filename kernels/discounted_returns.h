// discounted_returns: G[t] = reward[t] + gamma * G[t + 1], where rewards after a match's end do not count.
//
// A reverse scan, one match a lane or thread. (Scaling a cumulative sum by gamma^-t instead, as some do, underflows.)
#pragma once

#include "kernels/lanes.h"

namespace matchday::kernels {

/// reward, terminated, returns: [T, B]; terminated[t]: step t was its match's last one. after: [B], the return after
/// the last step (0, or a critic's estimate).
struct ReturnsArrays {
  std::int64_t steps;    ///< T
  std::int64_t matches;  ///< B
  float gamma;
  const float* reward;
  const bool* terminated;
  const float* after;
  float* returns;
};

inline namespace MATCHDAY_INSTRUCTION_SET {

/// The returns of the matches from b on, one a lane.
template <class Float>
MATCHDAY_HOST_DEVICE void discounted_returns(const ReturnsArrays& arrays, std::int64_t b) {
  Float to_come;
  load(to_come, arrays.after + b);
  for (std::int64_t t = arrays.steps - 1; t >= 0; --t) {
    const std::int64_t at = t * arrays.matches + b;
    MaskOf<Float> last;
    Float reward;
    load(last, arrays.terminated + at);
    load(reward, arrays.reward + at);
    to_come = reward + Float(arrays.gamma) * select(last, Float(0.0F), to_come);
    store(to_come, arrays.returns + at);
  }
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
