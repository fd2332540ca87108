// Compiled once for each instruction set, like the kernels.
#include "bench/peak.h"
#include "kernels/cpu/multiply.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {
namespace {

/// Independent chains of operations: more than enough to hide a unit's latency.
constexpr int chains = 12;

/// Keeps the compiler from removing an unused result.
void keep(WideFloat& number) { asm volatile("" : "+m"(number)); }

std::int64_t simple(std::int64_t rounds) {
  WideFloat chain[chains];
  for (WideFloat& number : chain) number = 1.0F;
  const WideFloat half = 0.5F;
  for (std::int64_t round = 0; round < rounds; ++round)
    for (WideFloat& number : chain) number = number * half + half;
  for (WideFloat& number : chain) keep(number);
  return rounds * chains * 2 * wide_lanes;
}

std::int64_t division(std::int64_t rounds) {
  WideFloat chain[chains];
  for (WideFloat& number : chain) number = 3.0F;
  const WideFloat two = 2.0F;
  for (std::int64_t round = 0; round < rounds; ++round)
    for (WideFloat& number : chain) number = square_root(two / number);
  for (WideFloat& number : chain) keep(number);
  return rounds * chains * 2 * wide_lanes;
}

std::int64_t product(std::int64_t rounds) {
  WideFloat chain[chains];
  for (WideFloat& number : chain) number = 1.0F;
  const WideFloat half = 0.5F;
  for (std::int64_t round = 0; round < rounds; ++round)
    for (WideFloat& number : chain) number.v = multiply_add(number.v, half.v, half.v);
  for (WideFloat& number : chain) keep(number);
  return rounds * chains * 2 * wide_lanes;
}

std::int64_t bfloat16_product(std::int64_t rounds) {
  WideFloat chain[chains];
  for (WideFloat& number : chain) number = 1.0F;
  Words ones = Words{} + 0x3F803F80U;
  asm volatile("" : "+m"(ones));
  for (std::int64_t round = 0; round < rounds; ++round)
    for (WideFloat& number : chain) number.v = multiply_add(ones, ones, number.v);
  for (WideFloat& number : chain) keep(number);
  return rounds * chains * 4 * wide_lanes;
}

}  // namespace

#define MATCHDAY_NAME_OF(instruction_set) #instruction_set
#define MATCHDAY_NAME(instruction_set) MATCHDAY_NAME_OF(instruction_set)

extern const bench::PeakLoops peak_loops_of_this_instruction_set;
const bench::PeakLoops peak_loops_of_this_instruction_set{MATCHDAY_NAME(MATCHDAY_INSTRUCTION_SET), simple, division,
                                                          product, bfloat16_product};

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
