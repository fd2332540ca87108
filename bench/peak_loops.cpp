// Compiled once for each instruction set, like the kernels.
#include "bench/peak.h"
#include "kernels/cpu/wide.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {
namespace {

/// Chains that don't wait for each other: more than a unit's latency in its operations.
constexpr int chains = 12;

/// Keeps a result that nobody needs.
void keep(Wide& number) { asm volatile("" : "+m"(number)); }

std::int64_t simple(std::int64_t rounds) {
  Wide chain[chains];
  for (Wide& number : chain) number = 1.0F;
  const Wide half = 0.5F;
  for (std::int64_t round = 0; round < rounds; ++round)
    for (Wide& number : chain) number = number * half + half;
  for (Wide& number : chain) keep(number);
  return rounds * chains * 2 * wide_matches;
}

std::int64_t division(std::int64_t rounds) {
  Wide chain[chains];
  for (Wide& number : chain) number = 3.0F;
  const Wide two = 2.0F;
  for (std::int64_t round = 0; round < rounds; ++round)
    for (Wide& number : chain) number = square_root(two / number);
  for (Wide& number : chain) keep(number);
  return rounds * chains * 2 * wide_matches;
}

}  // namespace

#define MATCHDAY_NAME_OF(instruction_set) #instruction_set
#define MATCHDAY_NAME(instruction_set) MATCHDAY_NAME_OF(instruction_set)

extern const bench::PeakLoops peak_loops_of_this_instruction_set;
const bench::PeakLoops peak_loops_of_this_instruction_set{MATCHDAY_NAME(MATCHDAY_INSTRUCTION_SET), simple, division};

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
