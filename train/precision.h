// Whether layers in bfloat16 pay on a CPU.
#pragma once

#include "config/config.h"

namespace matchday {

/// A run whose precision is "auto" takes bfloat16 on a CPU only if that makes the update so much faster: rounding costs
/// something too, and a machine that measures a little more or less should not train another team.
inline constexpr double speedup_worth_rounding = 1.2;

/// How many times as fast a small update of the config's network is in bfloat16 as in float32, on one thread of this
/// CPU: measured for some milliseconds. 0, unmeasured, where the CPU has no instruction that multiplies bfloat16.
double speedup_in_bfloat16(const Config& config);

}  // namespace matchday
