// The peak arithmetic rates of a core, for a benchmark's bound.
#pragma once

#include <cstdint>
#include <string_view>

namespace matchday::bench {

/// Loops of a single kind of operation, on the widest vectors of an instruction set. Each returns the number of
/// operations that it did.
struct PeakLoops {
  std::string_view instruction_set;
  std::int64_t (*simple)(std::int64_t rounds);    ///< multiplications and additions, not fused, as in a step
  std::int64_t (*division)(std::int64_t rounds);  ///< divisions and square roots in turn
  std::int64_t (*product)(std::int64_t rounds);   ///< multiplications and additions as in products: fused, if there is
                                                  ///< an instruction for it
  std::int64_t (*bfloat16_product)(std::int64_t rounds);  ///< the same with factors in bfloat16
};

/// The loops of the instruction set that the kernels use.
const PeakLoops& peak_loops();

}  // namespace matchday::bench
