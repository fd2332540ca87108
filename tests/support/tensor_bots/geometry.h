// Plane geometry of batched points and vectors, float32 [2, ..., B]: x and y first.
#pragma once

#include <ATen/ATen.h>

#include "sim/tensor/games.h"

namespace matchday::tensor_bots {

/// Keeps divisions defined where two points coincide: far below any distance that matters in play. u
inline constexpr float tiny = 1e-6F;

/// Rows of x and y -> points.
inline at::Tensor points(const at::Tensor& x, const at::Tensor& y) { return at::stack({x, y}); }

inline at::Tensor scalar_product(const at::Tensor& a, const at::Tensor& b) { return (a * b).sum(0); }

inline at::Tensor length(const at::Tensor& v) { return tensor::exact_sqrt(v.square().sum(0)); }

/// The vector's direction, or 0 if it has none.
inline at::Tensor unit(const at::Tensor& v) { return v / length(v).clamp_min(tiny); }

/// The vector itself, or its direction if it is longer than 1.
inline at::Tensor within_unit_disc(const at::Tensor& v) { return v / length(v).clamp_min(1.0); }

/// Of points [2, K, B] those that index [J, B] names: [2, J, B].
inline at::Tensor pick(const at::Tensor& from, const at::Tensor& index) {
  return from.gather(1, index.unsqueeze(0).expand({2, -1, -1}));
}

}  // namespace matchday::tensor_bots
