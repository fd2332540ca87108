// A step at which a backend differs from the reference core, in a file for a bug report.
#pragma once

#include <string>

#include "verify/equivalence.h"

namespace matchday {

/// Writes a safetensors file, whole or not at all. Its tensors are the match before the step, as the state of a batch
/// of one (sim/match_state.h) with `match`, its index (int64 [1]), and the `action` (float32 [2, 1, N, 4]); its
/// metadata are the rules as TOML and what differed where. A mismatch at step 0 is one of the start state, before any
/// action. Throws BadInput.
void save_mismatch(const std::string& path, const Rules& rules, const EquivalenceReport& report, at::Device device);

}  // namespace matchday
