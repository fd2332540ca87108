// Plane geometry of points and vectors, one a lane.
#pragma once

#include "kernels/lanes.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {
namespace bots {

/// Keeps divisions defined where two points coincide: far below any distance that matters in play. u
inline constexpr float tiny = 1e-6F;

template <class Float>
MATCHDAY_HOST_DEVICE Float squared_length(Vec<Float> v) {
  return dot(v, v);
}
template <class Float>
MATCHDAY_HOST_DEVICE Float length(Vec<Float> v) {
  return square_root(squared_length(v));
}

/// The vector divided by `length`.
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> relative_to(Vec<Float> v, Float length) {
  return {v.x / length, v.y / length};
}
/// The vector's direction, or 0 if it has none.
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> unit(Vec<Float> v) {
  return relative_to(v, larger(length(v), Float(tiny)));
}
/// The vector itself, or its direction if it is longer than 1.
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> within_unit_disc(Vec<Float> v) {
  return relative_to(v, larger(length(v), Float(1.0F)));
}

/// The vector rotated to the left by a right angle.
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> sideways_of(Vec<Float> v) {
  return {v.y * Float(-1.0F), v.x};  // not 0 - y: the mirror image of 0 is -0 here
}

}  // namespace bots
}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
