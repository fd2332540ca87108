// B matches at one moment, as tensors. Batch-innermost: neighbouring matches lie next to each other.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <optional>
#include <string>

#include "rules/rules.h"

namespace matchday {

/// Rows of `MatchState::bodies`.
enum BodyRow : int { row_x = 0, row_y = 1, row_vx = 2, row_vy = 3 };

struct MatchState {
  at::Tensor bodies;     ///< float32 [4, 2N+1, B]: x, y (u), vx, vy (u/step); A's players, B's players, ball
  at::Tensor score;      ///< int32 [2, B]: A's and B's goals
  at::Tensor clock;      ///< int32 [B]: steps played
  at::Tensor episode;    ///< int32 [B]: matches started at this place before this one
  at::Tensor potential;  ///< float32 [B]: shaping potential, A's view; its change is the shaping reward
};

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

/// What a step returns besides the next state.
struct StepResult {
  at::Tensor reward;         ///< float32 [B]: A's; B's is its negation
  at::Tensor terminated;     ///< bool [B]: full time
  at::Tensor observation{};  ///< float32 [2, B, D]: what both teams see after the step; undefined if not asked for
};

}  // namespace matchday
