// What a file of ours says of itself, read with distrust.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace matchday {

/// The metadata of a file, and what to say of it. Every function throws BadInput with a sentence that names the file.
struct FileMetadata {
  const std::map<std::string, std::string>& entries;
  const std::string& path;
  const char* what;  ///< "file of matches": what it is not, if an entry is missing

  const std::string& text(const std::string& key) const;

  /// A whole number from 0 to `most`.
  std::uint64_t count(const std::string& key, std::uint64_t most = most_countable) const;

  /// The entry format_version. Newer ones than this program reads are refused.
  std::uint64_t format_version(std::uint64_t newest) const;

  static constexpr std::uint64_t most_countable = 1'000'000'000'000'000'000;  ///< fits an int64, and still counts up
};

}  // namespace matchday
