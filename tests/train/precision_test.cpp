#include "train/precision.h"

#include "kernels/cpu/kernels.h"
#include "tests/support/catch.h"

using namespace matchday;

TEST_CASE("bfloat16 is measured where the CPU multiplies it, and nowhere else") {
  for (const char* preset : {"arena", "footyai-v2"})
    CHECK((speedup_in_bfloat16(default_config(preset)) > 0.0) == kernels::cpu_kernels().multiplies_bfloat16);
}
