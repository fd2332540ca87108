// A folder for the files that readers read. Point TMPDIR at a file system in memory, and they cost next to nothing.
#pragma once

#include <string>
#include <string_view>

#include "tests/folder.h"

namespace matchday::fuzz {

/// A file of the process's own folder.
inline std::string scratch_file(const std::string& name) {
  static const Folder folder;
  return folder.file(name);
}

/// One that holds this text.
inline std::string scratch_file(const std::string& name, std::string_view text) {
  const std::string path = scratch_file(name);
  write_text(path, text);
  return path;
}

}  // namespace matchday::fuzz
