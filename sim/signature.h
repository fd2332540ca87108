// A hash of tensors' bits, by which a run is known again.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace matchday {

/// Where a signature begins, and how the bytes of a tensor (on the CPU) are taken into it (FNV-1a).
inline constexpr std::uint64_t empty_signature = 0xCBF29CE484222325U;
void add_to(std::uint64_t& signature, const at::Tensor& tensor);

}  // namespace matchday
