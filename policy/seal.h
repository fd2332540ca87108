// A hash by which a file of tensors is known to be as it was written.
#pragma once

#include <string>

#include "policy/safetensors.h"

namespace matchday {

/// Writes a hash of all tensors and of all other metadata into the metadata.
void seal(SafetensorsFile& file);

/// Throws BadInput, naming the path, if the file has no such hash or its content another one.
void require_unspoilt(const SafetensorsFile& file, const std::string& path);

}  // namespace matchday
