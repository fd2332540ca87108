// The most that a core can do: what a benchmark's bound is made of.
#pragma once

#include <cstdint>
#include <string_view>

namespace matchday::bench {

/// Loops of nothing but one kind of operation, on the widest numbers of an instruction set. Each gives the number of
/// operations that it did.
struct PeakLoops {
  std::string_view instruction_set;
  std::int64_t (*simple)(std::int64_t rounds);    ///< multiplications and additions, not fused, as in a step
  std::int64_t (*division)(std::int64_t rounds);  ///< divisions and square roots in turn
};

/// Those that the kernels use.
const PeakLoops& peak_loops();

}  // namespace matchday::bench
