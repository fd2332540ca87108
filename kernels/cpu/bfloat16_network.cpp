// Compiled once for each instruction set, and for that which multiplies bfloat16.
#include "kernels/cpu/network_of_numbers.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

extern const NetworkKernels bfloat16_network_kernels_of_this_instruction_set;
const NetworkKernels bfloat16_network_kernels_of_this_instruction_set = network_kernels<Bfloat16>;

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
