// Corrupts a good safetensors file as input bytes say and hashes it again: so a fuzzer gets past our files' hash check.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "formats/safetensors.h"

namespace matchday::fuzz {

/// Writes the good file after a list of edits of texts, numbers, shapes and types, which may add or remove entries too,
/// and returns its path. Any bytes are such a list, and a changed byte changes little of it. Returns nothing if an
/// edited text can't be stored in such a file.
std::optional<std::string> edited_file(const SafetensorsFile& good, std::string_view edits);

}  // namespace matchday::fuzz
