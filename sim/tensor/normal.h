// Standard normal numbers in plain ATen operations, the same to the last bit on every device.
#pragma once

#include "sim/tensor/philox.h"

namespace matchday::tensor {

/// Four standard normal numbers of four random words: float32 [4, ...].
at::Tensor normals(const Words& words);

/// Four for each slot and match: float32 [4, S, B]. The arguments are those of uniforms.
at::Tensor normals(std::uint64_t seed, const at::Tensor& match, const at::Tensor& episode, const at::Tensor& step,
                   std::int64_t first_slot, std::int64_t slots);

}  // namespace matchday::tensor
