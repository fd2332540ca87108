// Checks an operator's inputs and converts them to kernels' arrays. A bad tensor raises Python's ValueError.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

#include "kernels/match.h"
#include "kernels/match_tensors.h"
#include "kernels/rules_numbers.h"

namespace matchday {

/// Checks type, shape and device, and that the tensor is contiguous: kernels get nothing but its address.
inline void require(const at::Tensor& tensor, const char* name, at::ScalarType type, at::IntArrayRef shape,
                    const at::Tensor& like) {
  TORCH_CHECK_VALUE(tensor.scalar_type() == type && tensor.sizes() == shape && tensor.device() == like.device() &&
                        tensor.is_contiguous(),
                    name, " is ", tensor.scalar_type(), " ", tensor.sizes(), " on ", tensor.device(),
                    tensor.is_contiguous() ? "" : ", not contiguous", " but must be contiguous ", type, " ", shape,
                    " on ", like.device());
}

/// A tensor's address; null on the meta device, where tensors have no data.
template <class Number>
Number* data(const at::Tensor& tensor) {
  return tensor.is_meta() ? nullptr : tensor.data_ptr<Number>();
}

/// The tensor, or a copy if its alignment does not let kernels read four numbers at once.
inline at::Tensor aligned(const at::Tensor& tensor) {
  return reinterpret_cast<std::uintptr_t>(data<float>(tensor)) % 16 == 0 ? tensor : tensor.clone();
}

/// Checks a tensor that kernels read or write four numbers at a time.
inline void require_fours(const at::Tensor& tensor, const char* name, at::IntArrayRef shape, const at::Tensor& like) {
  require(tensor, name, at::kFloat, shape, like);
  TORCH_CHECK_VALUE(reinterpret_cast<std::uintptr_t>(data<float>(tensor)) % 16 == 0, name,
                    " must begin at an address that 16 bytes divide");
}

inline void require_bodies(const Rules& rules, const at::Tensor& bodies, const at::Tensor& clock) {
  const std::int64_t b = clock.numel();
  // Rows may lie further apart than they are long (sim/match_state.h).
  const at::Tensor row = bodies.dim() == 3 && bodies.numel() > 0 ? bodies[0][0] : bodies;
  TORCH_CHECK_VALUE(bodies.sizes() == at::IntArrayRef({4, 2 * rules.players + 1, b}) && row.is_contiguous() &&
                        bodies.stride(0) == bodies.size(1) * bodies.stride(1) && bodies.scalar_type() == at::kFloat &&
                        bodies.device() == clock.device(),
                    "bodies is ", bodies.scalar_type(), " ", bodies.sizes(), " on ", bodies.device(),
                    " but must be Float [4, ", 2 * rules.players + 1, ", ", b, "] on ", clock.device(),
                    " with rows evenly apart");
  require(clock, "clock", at::kInt, {b}, clock);
}

/// A's scores and B's may also lie further apart than they are long.
inline void require_score(const at::Tensor& score, const at::Tensor& clock) {
  const std::int64_t b = clock.numel();
  TORCH_CHECK_VALUE(score.sizes() == at::IntArrayRef({2, b}) && score[0].is_contiguous() &&
                        score.scalar_type() == at::kInt && score.device() == clock.device(),
                    "score is ", score.scalar_type(), " ", score.sizes(), " on ", score.device(),
                    " but must be contiguous Int [2, ", b, "] on ", clock.device());
}

inline kernels::MatchArrays arrays_of(const Rules& rules, const MatchState& state, const at::Tensor& match) {
  const std::int64_t b = state.clock.numel();
  require_bodies(rules, state.bodies, state.clock);
  require_score(state.score, state.clock);
  require(state.episode, "episode", at::kInt, {b}, state.clock);
  require(state.potential, "potential", at::kFloat, {b}, state.clock);
  require(match, "match", at::kLong, {b}, state.clock);
  return {b,
          state.bodies.stride(1),
          state.score.stride(0),
          data<float>(state.bodies),
          data<std::int32_t>(state.score),
          data<std::int32_t>(state.clock),
          data<std::int32_t>(state.episode),
          data<float>(state.potential),
          data<std::int64_t>(match)};
}

/// The arrays that observing reads; the others are null, and none is written.
inline kernels::MatchArrays arrays_to_observe(const Rules& rules, const MatchState& state) {
  require_bodies(rules, state.bodies, state.clock);
  require_score(state.score, state.clock);
  kernels::MatchArrays arrays{};
  arrays.matches = state.clock.numel();
  arrays.stride = state.bodies.stride(1);
  arrays.score_stride = state.score.stride(0);
  arrays.bodies = data<float>(state.bodies);
  arrays.score = data<std::int32_t>(state.score);
  arrays.clock = data<std::int32_t>(state.clock);
  return arrays;
}

/// The rules from a list of numbers (kernels/rules_numbers.h); raises Python's ValueError if they are not playable.
inline Rules rules_in(at::ArrayRef<double> numbers) {
  try {
    return kernels::from_numbers({numbers.data(), numbers.size()});
  } catch (const BadInput& error) {
    TORCH_CHECK_VALUE(false, error.what());
  }
}

inline void require_slot(std::int64_t first_slot, std::int64_t players) {
  TORCH_CHECK_VALUE(first_slot >= 0 && first_slot <= 0xFFFFFFFF - 2 * players, "first_slot is ", first_slot,
                    " but slots are numbers of 32 bits");
}

}  // namespace matchday
