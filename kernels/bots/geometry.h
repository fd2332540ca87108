// Plane geometry of a lane of points and vectors.
#pragma once

#include "kernels/lane.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {
namespace bots {

/// Keeps divisions defined where two points coincide: far below any distance that matters in play. u
inline constexpr float tiny = 1e-6F;

template <class Lane>
MATCHDAY_BODY Lane squared_length(Vec<Lane> v) {
  return dot(v, v);
}
template <class Lane>
MATCHDAY_BODY Lane length(Vec<Lane> v) {
  return square_root(squared_length(v));
}

/// The vector as if it were as long as it is to `length`.
template <class Lane>
MATCHDAY_BODY Vec<Lane> relative_to(Vec<Lane> v, Lane length) {
  return {v.x / length, v.y / length};
}
/// The vector's direction, or 0 if it has none.
template <class Lane>
MATCHDAY_BODY Vec<Lane> unit(Vec<Lane> v) {
  return relative_to(v, larger(length(v), Lane(tiny)));
}
/// The vector itself, or its direction if it is longer than 1.
template <class Lane>
MATCHDAY_BODY Vec<Lane> within_unit_disc(Vec<Lane> v) {
  return relative_to(v, larger(length(v), Lane(1.0F)));
}

/// The vector turned to the left by a right angle.
template <class Lane>
MATCHDAY_BODY Vec<Lane> sideways_of(Vec<Lane> v) {
  return {v.y * Lane(-1.0F), v.x};  // not 0 - y: the mirror image of 0 is -0 here
}

}  // namespace bots
}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
