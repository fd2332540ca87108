// Distances to the ball and the shaping potentials made of them.
#include <ATen/ATen.h>

#include "sim/tensor/games.h"

namespace matchday::tensor {
namespace {

/// Squared distance of every player to the ball: float32 [2, N, B].
at::Tensor squared_distances(const Rules& rules, const at::Tensor& bodies, const at::Tensor& ball_bodies) {
  const std::int64_t n = rules.players;
  const at::Tensor gap = ball_bodies.slice(0, 0, 2).narrow(1, 2 * n, 1) - bodies.slice(0, 0, 2).narrow(1, 0, 2 * n);
  return (gap[0] * gap[0] + gap[1] * gap[1]).view({2, n, -1});
}

}  // namespace

at::Tensor mean_potential(const Rules& rules, const at::Tensor& bodies, const at::Tensor& ball_bodies) {
  const at::Tensor distance = exact_sqrt(squared_distances(rules, bodies, ball_bodies));
  const at::Tensor mean = sum_in_order(distance, 1) * (1.0F / static_cast<float>(rules.players));
  return ((mean[1] - mean[0]) * rules.shaping_mean).add_(0.0);  // a weight of 0 must not make -0
}

at::Tensor arena_potential(const Rules& rules, const at::Tensor& bodies) {
  const float per_half_length = 1.0F / rules.half_length;
  const at::Tensor nearest = exact_sqrt(squared_distances(rules, bodies, bodies).amin(1));
  const at::Tensor ball_x = bodies.select(0, row_x).select(0, 2 * rules.players);
  return ((ball_x * per_half_length) * rules.shaping_ball +
          ((nearest[1] - nearest[0]) * per_half_length) * rules.shaping_player)
      .add_(0.0);
}

}  // namespace matchday::tensor
