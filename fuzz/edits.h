// A good safetensors file, spoilt as bytes say, and sealed again: so a fuzzer gets past the hash that guards our files.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policy/safetensors.h"

namespace matchday::fuzz {

/// A file that holds the good one after a list of edits: of its texts, of single numbers, of shapes and types; entries
/// may go or come. Any bytes are such a list, and a changed byte changes little of it. Nothing if a text has come about
/// that no such file can hold.
std::optional<std::string> edited_file(const SafetensorsFile& good, std::string_view edits);

}  // namespace matchday::fuzz
