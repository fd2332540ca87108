#include "kernels/discounted_returns.h"

namespace matchday::kernels {

void discounted_returns_cpu(const float* reward, const bool* terminated, const float* after, float gamma,
                            std::int64_t steps, std::int64_t matches, float* returns) {
  for (std::int64_t b = 0; b < matches; ++b)
    discounted_returns(reward + b, terminated + b, after[b], gamma, steps, matches, returns + b);
}

}  // namespace matchday::kernels
