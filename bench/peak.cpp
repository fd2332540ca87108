#include "bench/peak.h"

#include <stdexcept>
#include <string_view>

#include "kernels/cpu/kernels.h"

namespace matchday::kernels {

#if defined(MATCHDAY_HAS_x86_64_v4_bf16)
namespace x86_64_v4_bf16 {
extern const bench::PeakLoops peak_loops_of_this_instruction_set;
}
#endif
#if defined(MATCHDAY_HAS_x86_64_v4)
namespace x86_64_v4 {
extern const bench::PeakLoops peak_loops_of_this_instruction_set;
}
#endif
#if defined(MATCHDAY_HAS_x86_64_v3)
namespace x86_64_v3 {
extern const bench::PeakLoops peak_loops_of_this_instruction_set;
}
#endif
#if defined(MATCHDAY_HAS_baseline)
namespace baseline {
extern const bench::PeakLoops peak_loops_of_this_instruction_set;
}
#endif

}  // namespace matchday::kernels

namespace matchday::bench {

const PeakLoops& peak_loops() {
  const std::string_view wanted = kernels::cpu_kernels().instruction_set;
#if defined(MATCHDAY_HAS_x86_64_v4_bf16)
  if (wanted == "x86_64_v4_bf16") return kernels::x86_64_v4_bf16::peak_loops_of_this_instruction_set;
#endif
#if defined(MATCHDAY_HAS_x86_64_v4)
  if (wanted == "x86_64_v4") return kernels::x86_64_v4::peak_loops_of_this_instruction_set;
#endif
#if defined(MATCHDAY_HAS_x86_64_v3)
  if (wanted == "x86_64_v3") return kernels::x86_64_v3::peak_loops_of_this_instruction_set;
#endif
#if defined(MATCHDAY_HAS_baseline)
  return kernels::baseline::peak_loops_of_this_instruction_set;
#else
  throw std::logic_error("there are no loops of the instruction set that the kernels run");
#endif
}

}  // namespace matchday::bench
