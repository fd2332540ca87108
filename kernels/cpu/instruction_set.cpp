// Chooses which of the compiled kernels this machine runs.
#include <cstdlib>
#include <string>

#include "kernels/cpu/kernels.h"
#include "rules/bad_input.h"

namespace matchday::kernels {

#if defined(MATCHDAY_HAS_x86_64_v4_bf16)
namespace x86_64_v4_bf16 {
extern const NetworkKernels bfloat16_network_kernels_of_this_instruction_set;
}
#endif
#if defined(MATCHDAY_HAS_x86_64_v4)
namespace x86_64_v4 {
extern const CpuKernels kernels_of_this_instruction_set;
}
#endif
#if defined(MATCHDAY_HAS_x86_64_v3)
namespace x86_64_v3 {
extern const CpuKernels kernels_of_this_instruction_set;
}
#endif
#if defined(MATCHDAY_HAS_baseline)
namespace baseline {
extern const CpuKernels kernels_of_this_instruction_set;
}
#endif

namespace {

#if defined(__x86_64__)
// Levels are tested by their features, since clang can test for nothing else. Features that it can't test for are
// implied: no CPU has AVX2, FMA and BMI2 but not F16C, LZCNT and MOVBE.
[[maybe_unused]] bool runs_x86_64_v3() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
         __builtin_cpu_supports("bmi2");
}
[[maybe_unused]] bool runs_x86_64_v4() {
  return runs_x86_64_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
[[maybe_unused]] bool runs_x86_64_v4_bf16() { return runs_x86_64_v4() && __builtin_cpu_supports("avx512bf16"); }
#endif

#if defined(MATCHDAY_HAS_x86_64_v4_bf16)
/// Those of x86_64_v4, but for products of bfloat16.
const CpuKernels& kernels_of_x86_64_v4_bf16() {
  static const CpuKernels kernels = [] {
    CpuKernels all = x86_64_v4::kernels_of_this_instruction_set;
    all.instruction_set = "x86_64_v4_bf16";
    all.bfloat16_network = &x86_64_v4_bf16::bfloat16_network_kernels_of_this_instruction_set;
    return all;
  }();
  return kernels;
}
#endif

}  // namespace

std::vector<const CpuKernels*> runnable_cpu_kernels() {
  std::vector<const CpuKernels*> all;
#if defined(MATCHDAY_HAS_x86_64_v4_bf16)
  if (runs_x86_64_v4_bf16()) all.push_back(&kernels_of_x86_64_v4_bf16());
#endif
#if defined(MATCHDAY_HAS_x86_64_v4)
  if (runs_x86_64_v4()) all.push_back(&x86_64_v4::kernels_of_this_instruction_set);
#endif
#if defined(MATCHDAY_HAS_x86_64_v3)
  if (runs_x86_64_v3()) all.push_back(&x86_64_v3::kernels_of_this_instruction_set);
#endif
#if defined(MATCHDAY_HAS_baseline)
  all.push_back(&baseline::kernels_of_this_instruction_set);
#endif
  return all;
}

namespace {

const CpuKernels& chosen_cpu_kernels() {
  const std::vector<const CpuKernels*> all = runnable_cpu_kernels();
  if (all.empty())
    throw BadInput(
        "this program was built for a machine with another processor; MATCHDAY_PORTABLE=ON ./matchday builds "
        "it for both");
  const char* wanted = std::getenv("MATCHDAY_INSTRUCTION_SET");
  if (wanted == nullptr || *wanted == '\0') return *all.front();
  std::string names;
  for (const CpuKernels* kernels : all) {
    if (kernels->instruction_set == wanted) return *kernels;
    names += (names.empty() ? "" : ", ") + std::string(kernels->instruction_set);
  }
  throw BadInput("MATCHDAY_INSTRUCTION_SET is " + std::string(wanted) + " but this machine runs " + names);
}

}  // namespace

const CpuKernels& cpu_kernels() {
  static const CpuKernels& chosen = chosen_cpu_kernels();
  return chosen;
}

}  // namespace matchday::kernels
