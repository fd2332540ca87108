#include "bench/peak.h"

#include "kernels/cpu/kernels.h"

namespace matchday::kernels {

#if defined(MATCHDAY_X86_64)
namespace x86_64_v4 {
extern const bench::PeakLoops peak_loops_of_this_instruction_set;
}
namespace x86_64_v3 {
extern const bench::PeakLoops peak_loops_of_this_instruction_set;
}
#endif
namespace baseline {
extern const bench::PeakLoops peak_loops_of_this_instruction_set;
}

}  // namespace matchday::kernels

namespace matchday::bench {

const PeakLoops& peak_loops() {
#if defined(MATCHDAY_X86_64)
  for (const PeakLoops* loops : {&kernels::x86_64_v4::peak_loops_of_this_instruction_set,
                                 &kernels::x86_64_v3::peak_loops_of_this_instruction_set})
    if (loops->instruction_set == kernels::cpu_kernels().instruction_set) return *loops;
#endif
  return kernels::baseline::peak_loops_of_this_instruction_set;
}

}  // namespace matchday::bench
