// A good safetensors file, spoilt as bytes say, and sealed again: so a fuzzer gets past the hash that guards our files.
#pragma once

#include <string_view>

#include "policy/safetensors.h"

namespace matchday::fuzz {

/// The file after a list of edits: of its texts, of single numbers, of shapes and types; entries may go or come. Any
/// bytes are such a list, and a changed byte changes little of it.
SafetensorsFile edited(SafetensorsFile file, std::string_view edits);

}  // namespace matchday::fuzz
