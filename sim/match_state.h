// States of B matches (kernels/match_tensors.h): made, copied, and checked where they come from outside.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <optional>
#include <string>

#include "kernels/match_tensors.h"
#include "rules/rules.h"

namespace matchday {

/// Uninitialised memory for B matches. The stride of the rows of bodies is an odd number of cache lines: a step streams
/// through all rows at once, and a power-of-two stride would map them to the same few cache sets: up to 1/4 slower.
MatchState empty_state(std::int64_t players, std::int64_t matches, at::Device device);

/// What is wrong with a state that comes from outside, as a sentence; nothing if it is possible under these rules. Its
/// shapes must be right.
std::optional<std::string> problem(const MatchState& state, const Rules& rules);

/// A deep copy, which no step writes into.
inline MatchState clone(const MatchState& state) {
  const auto own = [](const at::Tensor& tensor) { return tensor.clone(at::MemoryFormat::Contiguous); };
  return {own(state.bodies), own(state.score), own(state.clock), own(state.episode), own(state.potential)};
}
/// Copies all matches' state into the tensors of `state`.
void overwrite(const MatchState& state, const MatchState& next);

}  // namespace matchday
