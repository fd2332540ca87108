// Philox4x32-10 in plain ATen operations (rules/randomness.h says what the counter's words mean).
#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>

namespace matchday::tensor {

/// Four 32-bit words, each held in an int64 tensor; the four have shapes that broadcast together.
using Words = std::array<at::Tensor, 4>;

/// The ten rounds of Philox4x32 on a counter, under a 64-bit key.
Words philox(Words counter, std::uint64_t key);

/// Four words for each slot and match, [S, B] each. match, episode, step: int64 or int32 [B]; slots first_slot ..
/// first_slot + slots - 1.
Words random_words(std::uint64_t seed, const at::Tensor& match, const at::Tensor& episode, const at::Tensor& step,
                   std::int64_t first_slot, std::int64_t slots);

/// Four uniform numbers in [0, 1) for each slot and match: float32 [4, S, B].
at::Tensor uniforms(std::uint64_t seed, const at::Tensor& match, const at::Tensor& episode, const at::Tensor& step,
                    std::int64_t first_slot, std::int64_t slots);

}  // namespace matchday::tensor
