// discounted_returns: G[t] = reward[t] + gamma * G[t + 1], where no reward counts past a match's end.
//
// A reverse scan, one match a lane or thread. (Scaling a cumulative sum by gamma^-t instead, as some do, underflows.)
#pragma once

#include <cstdint>

#include "kernels/lane.h"

namespace matchday::kernels {

/// The returns of one match. reward, terminated, returns: the match's column of [T, B] arrays; terminated[t] says that
/// step t was a match's last one. after: what is still to come after the last step (0, or a critic's estimate).
MATCHDAY_HOST_DEVICE inline void discounted_returns(const float* reward, const bool* terminated, float after,
                                                    float gamma, std::int64_t steps, std::int64_t matches,
                                                    float* returns) {
  float to_come = after;
  for (std::int64_t t = steps - 1; t >= 0; --t) {
    const float next = terminated[t * matches] ? 0.0F : to_come;
    to_come = reward[t * matches] + gamma * next;
    returns[t * matches] = to_come;
  }
}

/// The launchers: all B matches. after: [B].
void discounted_returns_cpu(const float* reward, const bool* terminated, const float* after, float gamma,
                            std::int64_t steps, std::int64_t matches, float* returns);
/// `stream` is a cudaStream_t; throws std::runtime_error if the launch fails.
void discounted_returns_cuda(const float* reward, const bool* terminated, const float* after, float gamma,
                             std::int64_t steps, std::int64_t matches, float* returns, void* stream);

}  // namespace matchday::kernels
