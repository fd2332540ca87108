// Numbers by chance, the same on every machine, and those that are hard to deal with.
#pragma once

#include <cstdint>
#include <iterator>
#include <limits>
#include <random>

namespace matchday::ptx {

class Chance {
 public:
  explicit Chance(unsigned seed) : generator_(seed) {}

  std::uint32_t word() { return static_cast<std::uint32_t>(generator_()); }
  float between(float lowest, float highest) {
    return lowest + (highest - lowest) * static_cast<float>(word() >> 8U) * 0x1p-24F;
  }
  bool one_in(unsigned many) { return word() % many == 0; }
  /// No number, none that is finite, or one at the edge of what float32 holds.
  float extreme() {
    using Real = std::numeric_limits<float>;
    constexpr float numbers[] = {
        Real::quiet_NaN(), Real::signaling_NaN(), Real::infinity(), -Real::infinity(), Real::max(), -Real::max(),
        Real::min(),       -Real::min(),          1e-45F,           -1e-45F,           0.0F,        -0.0F};
    return numbers[word() % std::size(numbers)];
  }

 private:
  std::mt19937 generator_;
};

}  // namespace matchday::ptx
