// Counted: a lane type that is a float and counts what is done with it, so that the work in a step is measured by
// playing instead of estimated by hand.
#pragma once

#include "kernels/lane.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

struct OperationCount {
  std::int64_t simple = 0;    ///< additions, multiplications, comparisons, selections, minima, maxima
  std::int64_t division = 0;  ///< divisions and roots, which share a slow unit
};

struct Counted {
  float value;

  /// An instrument's dial: bodies have no place to carry it.
  static inline thread_local OperationCount count;

  static void simple() { ++count.simple; }
  static void division() { ++count.division; }

  Counted() = default;
  Counted(float number) : value(number) {}  // NOLINT: a number stands for itself

  friend Counted operator+(Counted a, Counted b) { return simple(), a.value + b.value; }
  friend Counted operator-(Counted a, Counted b) { return simple(), a.value - b.value; }
  friend Counted operator*(Counted a, Counted b) { return simple(), a.value * b.value; }
  friend Counted operator/(Counted a, Counted b) { return division(), a.value / b.value; }
  friend bool operator<(Counted a, Counted b) { return simple(), a.value < b.value; }
  friend bool operator<=(Counted a, Counted b) { return simple(), a.value <= b.value; }
  friend bool operator>(Counted a, Counted b) { return simple(), a.value > b.value; }
  friend bool operator>=(Counted a, Counted b) { return simple(), a.value >= b.value; }
  friend bool operator==(Counted a, Counted b) { return simple(), a.value == b.value; }
};

template <>
struct LaneTraits<Counted> : LaneTraits<float> {};

inline Counted select(bool mask, Counted chosen, Counted other) {
  return Counted::simple(), mask ? chosen.value : other.value;
}
inline Counted smaller(Counted a, Counted b) { return Counted::simple(), b.value < a.value ? b.value : a.value; }
inline Counted larger(Counted a, Counted b) { return Counted::simple(), a.value < b.value ? b.value : a.value; }
inline Counted square_root(Counted x) { return Counted::division(), square_root(x.value); }
inline Counted absolute(Counted x) { return Counted::simple(), absolute(x.value); }

inline void load(Counted& lane, const float* from) { lane.value = *from; }
inline void store(Counted lane, float* to) { *to = lane.value; }
inline void load_four(Counted (&lanes)[4], const float* from, std::int64_t) {
  for (int k = 0; k < 4; ++k) lanes[k].value = from[k];
}
inline float at_place(Counted lane, int) { return lane.value; }
inline void set_place(Counted& lane, int, float number) { lane.value = number; }

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
