#include "formats/file_hash.h"

#include <fmt/format.h>

#include <string_view>

#include "formats/signature.h"

// The whole of it in the header, so that no library is needed to run.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace matchday {
namespace {

constexpr const char* hash_key = "hash";

/// What a hash by XXH3 begins with. One without is an older file's, by FNV-1a.
constexpr std::string_view xxh3_prefix = "xxh3:";

/// Hands all that the hash is of to `add`, as bytes and their number.
template <typename Add>
void add_content(const SafetensorsFile& file, const Add& add) {
  const auto add_text = [&add](const std::string& text) { add(text.data(), text.size()); };
  for (const auto& [key, text] : file.metadata)
    if (key != hash_key) add_text(fmt::format("{}={}\n", key, text));
  for (const auto& [name, tensor] : file.tensors) {
    add_text(fmt::format("{} {} {}\n", name, c10::toString(tensor.scalar_type()), tensor.dim()));
    for (const std::int64_t size : tensor.sizes()) add_text(fmt::format("{} ", size));
    const at::Tensor numbers = tensor.cpu().contiguous();
    add(numbers.const_data_ptr(), numbers.nbytes());
  }
}

std::string xxh3_of(const SafetensorsFile& file) {
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  add_content(file, [&state](const void* bytes, std::size_t count) { XXH3_64bits_update(&state, bytes, count); });
  return fmt::format("{}{}", xxh3_prefix, signature_text(XXH3_64bits_digest(&state)));
}

std::string fnv1a_of(const SafetensorsFile& file) {
  std::uint64_t hash = empty_hash;
  add_content(file, [&hash](const void* bytes, std::size_t count) { add_bytes(hash, bytes, count); });
  return signature_text(hash);
}

}  // namespace

void write_hash(SafetensorsFile& file) { file.metadata[hash_key] = xxh3_of(file); }

void verify_hash(const SafetensorsFile& file, const std::string& path) {
  const auto found = file.metadata.find(hash_key);
  if (found == file.metadata.end())
    throw BadInput(
        fmt::format("{}: its metadata has no \"{}\", by which it would be known to be whole", path, hash_key));
  const std::string hash = found->second.starts_with(xxh3_prefix) ? xxh3_of(file) : fnv1a_of(file);
  if (hash != found->second)
    throw BadInput(fmt::format("{}: its content is not what was written: the hash of it is {}, not {}", path, hash,
                               found->second));
}

}  // namespace matchday
