// Compiled once for each instruction set.
#include "kernels/cpu/network_of_numbers.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

extern const NetworkKernels network_kernels_of_this_instruction_set;
const NetworkKernels network_kernels_of_this_instruction_set = network_kernels<float>;

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
