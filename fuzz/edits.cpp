#include "fuzz/edits.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "formats/file_hash.h"
#include "fuzz/scratch.h"
#include "fuzz/target.h"

namespace matchday::fuzz {
namespace {

/// Takes numbers and texts off the front of the bytes; past their end numbers are 0 and texts empty.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : bytes_(bytes) {}

  bool at_end() const { return bytes_.empty(); }
  std::size_t byte() {
    const std::size_t value = bytes_.empty() ? 0 : static_cast<unsigned char>(bytes_.front());
    bytes_.remove_prefix(bytes_.empty() ? 0 : 1);
    return value;
  }
  std::size_t place(std::size_t count) {
    const std::size_t high = byte();  // first: operands of | may be evaluated in any order
    const std::size_t number = high << 8 | byte();
    return count == 0 ? 0 : number % count;
  }
  std::string text() {
    const std::size_t wanted = byte();
    const std::size_t length = std::min(wanted, bytes_.size());
    const std::string taken(bytes_.substr(0, length));
    bytes_.remove_prefix(length);
    return taken;
  }

 private:
  std::string_view bytes_;
};

template <class Map>
auto entry(Map& map, Cursor& cursor) {
  return std::next(map.begin(), static_cast<std::ptrdiff_t>(cursor.place(map.size())));
}

/// Replaces some characters of a text with others.
void splice(std::string& text, Cursor& cursor) {
  const std::size_t begin = cursor.place(text.size() + 1);
  const std::size_t removed = std::min(cursor.byte(), text.size() - begin);
  text.replace(begin, removed, cursor.text());
}

/// Extreme numbers of a type, with infinity and NaN.
at::Tensor extreme(at::ScalarType type, Cursor& cursor) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr std::array<double, 8> reals{0.0,    -1.0,    1e-45,    1e6,
                                        3.4e38, -3.4e38, infinity, std::numeric_limits<double>::quiet_NaN()};
  constexpr std::array<std::int64_t, 8> wholes{0,
                                               1,
                                               -1,
                                               127,
                                               2147483647,
                                               -2147483648,
                                               std::numeric_limits<std::int64_t>::max(),
                                               std::numeric_limits<std::int64_t>::min()};
  const std::size_t which = cursor.place(reals.size());
  return at::isFloatingType(type) ? at::scalar_tensor(reals[which], at::kDouble).to(type)
                                  : at::scalar_tensor(wholes[which], at::kLong).to(type);
}

/// Another shape, maybe another type: the tensor's own numbers if the new shape has as many, else zeros.
at::Tensor reshaped(const at::Tensor& tensor, Cursor& cursor) {
  constexpr std::array types{at::kFloat, at::kInt, at::kLong, at::kByte, at::kDouble, at::kBFloat16, at::kBool};
  const at::ScalarType type = cursor.byte() % 2 == 0 ? tensor.scalar_type() : types[cursor.place(types.size())];
  std::vector<std::int64_t> sizes(cursor.place(6));
  std::int64_t count = 1;
  for (std::int64_t& size : sizes) count *= size = static_cast<std::int64_t>(cursor.byte() % 16);
  if (count == tensor.numel()) return tensor.reshape(sizes).to(type);
  return at::zeros(sizes, type);
}

SafetensorsFile edited(SafetensorsFile file, std::string_view edits) {
  enum Edit : std::size_t {
    splice_text,
    drop_text,
    add_text,
    exchange_bytes,
    exchange_number,
    reshape,
    drop_tensor,
    count
  };
  for (auto& [name, tensor] : file.tensors) tensor = tensor.clone();
  Cursor cursor(edits);
  while (!cursor.at_end() && !file.metadata.empty() && !file.tensors.empty()) {
    const auto edit = static_cast<Edit>(cursor.byte() % count);
    const auto text = entry(file.metadata, cursor);
    const auto tensor = entry(file.tensors, cursor);
    const std::size_t elements = static_cast<std::size_t>(tensor->second.numel());
    if (edit == splice_text) splice(text->second, cursor);
    if (edit == drop_text) file.metadata.erase(text);
    if (edit == add_text) {
      const std::string key = cursor.text();
      file.metadata[key] = cursor.text();
    }
    if (edit == exchange_bytes && elements > 0) {
      const std::string bytes = cursor.text();
      const std::size_t begin = cursor.place(tensor->second.nbytes());
      const std::size_t length = std::min(bytes.size(), tensor->second.nbytes() - begin);
      if (tensor->second.scalar_type() != at::kBool)
        std::memcpy(static_cast<char*>(tensor->second.data_ptr()) + begin, bytes.data(), length);
    }
    if (edit == exchange_number && elements > 0) {
      const auto place = static_cast<std::int64_t>(cursor.place(elements));
      tensor->second.view({-1})[place] = extreme(tensor->second.scalar_type(), cursor);
    }
    if (edit == reshape) tensor->second = reshaped(tensor->second, cursor);
    if (edit == drop_tensor) file.tensors.erase(tensor);
  }
  return file;
}

}  // namespace

std::optional<std::string> edited_file(const SafetensorsFile& good, std::string_view edits) {
  SafetensorsFile file = edited(good, edits);
  write_hash(file);
  const std::string path = scratch_file("spoilt.safetensors");
  return accepted([&] { write_safetensors(path, file); }) ? std::optional(path) : std::nullopt;
}

}  // namespace matchday::fuzz
