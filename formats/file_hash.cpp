#include "formats/file_hash.h"

#include <fmt/format.h>

#include "formats/signature.h"

namespace matchday {
namespace {

constexpr const char* hash_key = "hash";

std::string hash_of(const SafetensorsFile& file) {
  std::uint64_t signature = empty_signature;
  for (const auto& [key, text] : file.metadata)
    if (key != hash_key) add_to(signature, fmt::format("{}={}\n", key, text));
  for (const auto& [name, tensor] : file.tensors) {
    add_to(signature, fmt::format("{} {} {}\n", name, c10::toString(tensor.scalar_type()), tensor.dim()));
    for (const std::int64_t size : tensor.sizes()) add_to(signature, fmt::format("{} ", size));
    add_to(signature, tensor.cpu());
  }
  return signature_text(signature);
}

}  // namespace

void write_hash(SafetensorsFile& file) { file.metadata[hash_key] = hash_of(file); }

void verify_hash(const SafetensorsFile& file, const std::string& path) {
  const auto found = file.metadata.find(hash_key);
  if (found == file.metadata.end())
    throw BadInput(
        fmt::format("{}: its metadata has no \"{}\", by which it would be known to be whole", path, hash_key));
  if (const std::string hash = hash_of(file); hash != found->second)
    throw BadInput(fmt::format("{}: its content is not what was written: the hash of it is {}, not {}", path, hash,
                               found->second));
}

}  // namespace matchday
