// Counted: a float that counts the operations done with it, so that the work in a step is measured by playing instead
// of estimated by hand.
#pragma once

#include "kernels/lanes.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

struct OperationCount {
  std::int64_t simple = 0;    ///< additions, multiplications, comparisons, selections, minima, maxima
  std::int64_t division = 0;  ///< divisions and roots, which share a slow unit
};

struct Counted {
  float value;

  /// A global, since kernels have no argument for it.
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
struct FloatTraits<Counted> : FloatTraits<float> {};

inline Counted select(bool mask, Counted chosen, Counted other) {
  return Counted::simple(), mask ? chosen.value : other.value;
}
inline Counted smaller(Counted a, Counted b) { return Counted::simple(), b.value < a.value ? b.value : a.value; }
inline Counted larger(Counted a, Counted b) { return Counted::simple(), a.value < b.value ? b.value : a.value; }
inline Counted square_root(Counted x) { return Counted::division(), square_root(x.value); }
inline Counted absolute(Counted x) { return Counted::simple(), absolute(x.value); }

inline void load(Counted& number, const float* from) { number.value = *from; }
inline void store(Counted number, float* to) { *to = number.value; }
inline void load_four(Counted (&numbers)[4], const float* from, std::int64_t) {
  for (int k = 0; k < 4; ++k) numbers[k].value = from[k];
}
inline float at_lane(Counted number, int) { return number.value; }
inline void set_lane(Counted& wide, int, float number) { wide.value = number; }

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
