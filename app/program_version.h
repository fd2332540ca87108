// The program's version, in one line.
#pragma once

#include <fmt/format.h>

#include <string>

#include "version.h"

namespace matchday {

inline std::string program_version() {
  return fmt::format("matchday {} ({}), torch {}, CUDA kernels: {}", matchday_version,
                     *git_version ? git_version : "no git", torch_version, *cuda_version ? cuda_version : "none");
}

}  // namespace matchday
