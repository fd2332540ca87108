// Hashes that identify runs, files and rules.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "rules/content_hash.h"
#include "rules/rules.h"

namespace matchday {

/// The initial value of a signature, and functions that add the bytes of a tensor (on the CPU) or of a text to it.
inline constexpr std::uint64_t empty_signature = empty_hash;
void add_to(std::uint64_t& signature, const at::Tensor& tensor);
void add_to(std::uint64_t& signature, std::string_view text);

/// 16 hexadecimal digits.
std::string signature_text(std::uint64_t signature);

/// Identifies rules in files: the signature of the game and of every field.
std::string rules_hash(const Rules& rules);

}  // namespace matchday
