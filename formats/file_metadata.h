// The metadata of our files, read as untrusted input.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace matchday {

/// The metadata of a file. Every function throws BadInput with a sentence that names the file.
struct FileMetadata {
  const std::map<std::string, std::string>& entries;
  const std::string& path;
  const char* what;  ///< kind of file, for error messages: "file of matches"

  const std::string& text(const std::string& key) const;

  /// A whole number from 0 to `most`.
  std::uint64_t count(const std::string& key, std::uint64_t most = most_countable) const;

  /// The entry format_version. Versions newer than `newest` are rejected.
  std::uint64_t format_version(std::uint64_t newest) const;

  static constexpr std::uint64_t most_countable = 1'000'000'000'000'000'000;  ///< fits an int64, with room to count on
};

}  // namespace matchday
