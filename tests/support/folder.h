// A folder for a test's files.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace matchday {

/// An empty folder that lives as long as its test.
struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "matchday-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string file(const std::string& name) const { return path / name; }

  /// The paths of everything in it, sorted.
  std::vector<std::string> files(const std::string& below = "") const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path / below))
      names.push_back(std::filesystem::relative(entry.path(), path / below));
    std::sort(names.begin(), names.end());
    return names;
  }

  std::filesystem::path path;
};

inline void write_text(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace matchday
