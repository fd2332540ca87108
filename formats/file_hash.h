// A hash that shows whether a file of tensors is unchanged since it was written.
#pragma once

#include <string>

#include "formats/safetensors.h"

namespace matchday {

/// Writes a hash (XXH3, 64 bits) of all tensors and of all other metadata into the metadata.
void write_hash(SafetensorsFile& file);

/// Throws BadInput, naming the path, if the file has no such hash or its content does not match it. Older files have
/// another hash, FNV-1a, which is known too.
void verify_hash(const SafetensorsFile& file, const std::string& path);

}  // namespace matchday
