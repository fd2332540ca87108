// The CPU's kernels of the baseline's instruction set, which the PTX is held against.
#pragma once

#include "kernels/cpu/kernels.h"

namespace matchday::kernels::baseline {
extern const CpuKernels kernels_of_this_instruction_set;
}  // namespace matchday::kernels::baseline
