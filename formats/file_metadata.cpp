#include "formats/file_metadata.h"

#include <fmt/format.h>

#include <charconv>

#include "rules/bad_input.h"

namespace matchday {

const std::string& FileMetadata::text(const std::string& key) const {
  const auto found = entries.find(key);
  if (found == entries.end())
    throw BadInput(fmt::format("{}: this is no {}: its metadata has no \"{}\"", path, what, key));
  return found->second;
}

std::uint64_t FileMetadata::count(const std::string& key, std::uint64_t most) const {
  const std::string& told = text(key);
  const char* const last = told.data() + told.size();
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(told.data(), last, count);
  if (error != std::errc{} || end != last || count > most)
    throw BadInput(fmt::format("{}: {} is \"{}\" but must be a whole number from 0 to {}", path, key, told, most));
  return count;
}

std::uint64_t FileMetadata::format_version(std::uint64_t newest) const {
  const std::uint64_t version = count("format_version");
  if (version > newest)
    throw BadInput(fmt::format("{}: its format version is {} but this program reads up to {}: use a newer matchday",
                               path, version, newest));
  return version;
}

}  // namespace matchday
