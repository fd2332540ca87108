// A folder for the readers' input files. With TMPDIR on a file system in memory they cost next to nothing.
#pragma once

#include <string>
#include <string_view>

#include "tests/support/folder.h"

namespace matchday::fuzz {

/// The path of a file in this process's own folder.
inline std::string scratch_file(const std::string& name) {
  static const Folder folder;
  return folder.file(name);
}

/// Writes this text into such a file; returns its path.
inline std::string scratch_file(const std::string& name, std::string_view text) {
  const std::string path = scratch_file(name);
  write_text(path, text);
  return path;
}

}  // namespace matchday::fuzz
