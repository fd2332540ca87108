#include "formats/safetensors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "files/atomic_file.h"
#include "rules/field.h"

namespace matchday {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian, and data is not converted");

struct Kind {
  std::string_view name;
  at::ScalarType type;
};

/// In the order in which the Python package lays out data: large elements first, so that all of them are aligned.
constexpr std::array<Kind, 10> kinds{{{"I64", at::kLong},
                                      {"F64", at::kDouble},
                                      {"F32", at::kFloat},
                                      {"I32", at::kInt},
                                      {"BF16", at::kBFloat16},
                                      {"F16", at::kHalf},
                                      {"I16", at::kShort},
                                      {"I8", at::kChar},
                                      {"U8", at::kByte},
                                      {"BOOL", at::kBool}}};

/// The format's other dtypes. No reader here needs them: such a tensor is read as its bytes.
constexpr std::array<std::string_view, 10> other_kinds{"U64",     "U32",     "U16", "C64",     "F8_E8M0",
                                                       "F8_E5M2", "F8_E4M3", "F4",  "F6_E2M3", "F6_E3M2"};

/// The format's own limit; a larger length must be corrupt.
constexpr std::uint64_t most_header_bytes = 100'000'000;

/// The limit of ATen's loops.
constexpr std::size_t most_dimensions = 64;

constexpr const char* metadata_key = "__metadata__";

std::string system_reason() { return std::strerror(errno); }

std::string tensor_text(const std::string& name) { return "tensor " + value_text(std::string_view(name)); }

// Reading

using Json = nlohmann::json;

struct Entry {
  std::string name;
  at::ScalarType type;
  std::vector<std::int64_t> shape;
  std::uint64_t begin;
  std::uint64_t end;
};

/// The header as JSON. While parsing, rejects duplicate keys, which the JSON library accepts, and nesting deeper than
/// the format's, which would cost memory.
Json parse_header(const std::string& header, const std::string& path) {
  constexpr int most_depth = 2;
  std::array<std::set<std::string>, most_depth + 2> keys;
  std::optional<std::string> duplicate;
  bool too_deep = false;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
    const bool starts = event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
    if (starts && depth > most_depth) {
      too_deep = true;
      return false;
    }
    if (event == Json::parse_event_t::object_start) keys.at(static_cast<std::size_t>(depth) + 1).clear();
    if (event == Json::parse_event_t::key && depth <= most_depth) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!keys.at(static_cast<std::size_t>(depth)).insert(key).second) duplicate = key;
    }
    return true;
  };
  Json json = Json::parse(header, watch, false);
  if (too_deep || !json.is_object() || header.front() != '{')
    throw BadInput(path + ": not a safetensors file: its header is not the JSON object that the format asks for");
  if (duplicate) throw BadInput(path + ": the header has " + value_text(std::string_view(*duplicate)) + " twice");
  return json;
}

std::map<std::string, std::string> parse_metadata(const Json& json, const std::string& path) {
  std::map<std::string, std::string> metadata;
  if (!json.is_object()) throw BadInput(path + ": " + metadata_key + " is not a JSON object");
  for (const auto& [key, value] : json.items()) {
    if (!value.is_string()) throw BadInput(path + ": " + metadata_key + " has no string for \"" + key + "\"");
    metadata[key] = value.get_ref<const std::string&>();
  }
  return metadata;
}

/// A list of whole numbers that are not negative and fit in an int64, or nothing.
std::optional<std::vector<std::int64_t>> parse_sizes(const Json& json) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!json.is_array()) return std::nullopt;
  std::vector<std::int64_t> sizes;
  for (const Json& size : json) {
    if (!size.is_number_unsigned() || size.get<std::uint64_t>() > most) return std::nullopt;
    sizes.push_back(size.get<std::int64_t>());
  }
  return sizes;
}

/// The number of bytes of such a tensor, or nothing if an int64 can't hold it. In that check empty dimensions count as
/// 1, since ATen multiplies the others for its strides.
std::optional<std::uint64_t> byte_count(const std::vector<std::int64_t>& shape, at::ScalarType type) {
  auto count = static_cast<std::int64_t>(c10::elementSize(type));
  bool empty = false;
  for (const std::int64_t size : shape) {
    empty = empty || size == 0;
    if (size > 0 && count > std::numeric_limits<std::int64_t>::max() / size) return std::nullopt;
    count *= std::max<std::int64_t>(size, 1);
  }
  return empty ? 0 : static_cast<std::uint64_t>(count);
}

Entry parse_entry(const std::string& name, const Json& json, const std::string& path) {
  const auto bad = [&](const std::string& what) { return BadInput(path + ": " + tensor_text(name) + " " + what); };
  if (!json.is_object()) throw bad("is not described by a JSON object");
  for (const char* key : {"dtype", "shape", "data_offsets"})
    if (!json.contains(key)) throw bad(std::string("has no ") + key);

  const Json& dtype = json.at("dtype");
  if (!dtype.is_string()) throw bad("has a dtype that is not a string");
  const auto& dtype_name = dtype.get_ref<const std::string&>();
  const auto* kind = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& row) { return row.name == dtype_name; });
  const bool as_bytes = kind == kinds.end();
  if (as_bytes && std::find(other_kinds.begin(), other_kinds.end(), dtype_name) == other_kinds.end())
    throw bad("has the unknown dtype \"" + dtype_name + "\"");

  const auto shape = parse_sizes(json.at("shape"));
  if (!shape) throw bad("has a shape that is not a list of sizes");
  if (shape->size() > most_dimensions)
    throw bad("has " + std::to_string(shape->size()) + " dimensions; there may be " + std::to_string(most_dimensions));
  const auto offsets = parse_sizes(json.at("data_offsets"));
  if (!offsets || offsets->size() != 2 || (*offsets)[0] > (*offsets)[1])
    throw bad("has data_offsets that are not a begin and an end");

  Entry entry{name, as_bytes ? at::kByte : kind->type, as_bytes ? std::vector{(*offsets)[1] - (*offsets)[0]} : *shape,
              static_cast<std::uint64_t>((*offsets)[0]), static_cast<std::uint64_t>((*offsets)[1])};
  const auto bytes = byte_count(entry.shape, entry.type);
  if (!bytes) throw bad("has a shape of more elements than can be counted");
  if (*bytes != entry.end - entry.begin)
    throw bad("needs " + std::to_string(*bytes) + " bytes by its shape and dtype, but its data_offsets hold " +
              std::to_string(entry.end - entry.begin));
  return entry;
}

/// Together the tensors must cover the data without overlaps or holes, as the format demands.
void check_tiling(std::vector<Entry>& entries, std::uint64_t data_bytes, const std::string& path) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  std::uint64_t covered = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != covered)
      throw BadInput(path + ": " + tensor_text(entry.name) + " begins at byte " + std::to_string(entry.begin) +
                     " of the data, where the one before it ends at " + std::to_string(covered));
    if (entry.end > data_bytes)
      throw BadInput(path + ": " + tensor_text(entry.name) + " ends at byte " + std::to_string(entry.end) +
                     " of the data, which has only " + std::to_string(data_bytes) + "; is the file cut off?");
    covered = entry.end;
  }
  if (covered != data_bytes)
    throw BadInput(path + ": " + std::to_string(data_bytes - covered) + " bytes at the end belong to no tensor");
}

at::Tensor read_tensor(std::ifstream& stream, const Entry& entry, const std::string& path) {
  at::Tensor tensor = at::empty(entry.shape, at::TensorOptions(at::kCPU).dtype(entry.type));
  auto* bytes = static_cast<unsigned char*>(tensor.data_ptr());
  const std::uint64_t count = entry.end - entry.begin;
  if (count > 0 && !stream.read(reinterpret_cast<char*>(bytes), static_cast<std::streamsize>(count)))
    throw BadInput(path + ": the data of " + tensor_text(entry.name) + " cannot be read");
  if (entry.type == at::kBool && std::any_of(bytes, bytes + count, [](unsigned char byte) { return byte > 1; }))
    throw BadInput(path + ": " + tensor_text(entry.name) + " is BOOL and has a byte that is neither 0 nor 1");
  return tensor;
}

// Writing

/// The index of a tensor's dtype in `kinds`. Refuses a tensor that the format cannot hold.
std::size_t kind_index(const std::string& name, const at::Tensor& tensor, const std::string& path) {
  const auto bad = [&](const std::string& what) { return BadInput(path + ": " + tensor_text(name) + " " + what); };
  if (name == metadata_key) throw bad("has the name that the format keeps for metadata");
  if (!tensor.defined()) throw bad("is undefined");
  if (tensor.layout() != at::kStrided) throw bad("is not dense");
  if (tensor.dim() > static_cast<std::int64_t>(most_dimensions)) throw bad("has too many dimensions");
  const auto* kind =
      std::find_if(kinds.begin(), kinds.end(), [&](const Kind& row) { return row.type == tensor.scalar_type(); });
  if (kind == kinds.end())
    throw bad(std::string("has the dtype ") + c10::toString(tensor.scalar_type()) + ", which is not supported");
  return static_cast<std::size_t>(kind - kinds.begin());
}

struct Placed {
  std::size_t kind;
  std::string name;
  at::Tensor tensor;
};

/// The tensors in the order of their data.
std::vector<Placed> in_order(const SafetensorsFile& file, const std::string& path) {
  std::vector<Placed> placed;
  for (const auto& [name, tensor] : file.tensors) placed.push_back({kind_index(name, tensor, path), name, tensor});
  std::stable_sort(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) { return a.kind < b.kind; });
  return placed;
}

/// The JSON header, padded with spaces so that the data begins at a multiple of 8 bytes.
std::string make_header(const std::vector<Placed>& tensors, const SafetensorsFile& file, const std::string& path) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  if (!file.metadata.empty()) json[metadata_key] = file.metadata;
  std::uint64_t offset = 0;
  for (const auto& [kind, name, tensor] : tensors) {
    const std::uint64_t end = offset + static_cast<std::uint64_t>(tensor.numel()) * tensor.element_size();
    json[name] = {{"dtype", kinds[kind].name}, {"shape", tensor.sizes().vec()}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string header;
  try {
    header = json.dump();
  } catch (const nlohmann::json::exception&) {
    throw BadInput(path + ": cannot be written: a name or a metadata text is not UTF-8");
  }
  header.resize((header.size() + 7) / 8 * 8, ' ');
  if (header.size() > most_header_bytes) throw BadInput(path + ": cannot be written: too many tensors or metadata");
  return header;
}

/// What stands before the data.
struct Header {
  std::map<std::string, std::string> metadata;
  std::vector<Entry> entries;
};

/// Opens the file and reads its header; the stream is then at the start of the data.
Header read_header(std::ifstream& stream, const std::string& path) {
  std::error_code error;
  const std::uint64_t file_bytes = std::filesystem::file_size(path, error);
  if (error) throw BadInput(path + ": cannot be read: " + error.message());
  stream.open(path, std::ios::binary);
  if (!stream) throw BadInput(path + ": cannot be read: " + system_reason());

  std::uint64_t header_bytes = 0;
  if (file_bytes < sizeof(header_bytes) || !stream.read(reinterpret_cast<char*>(&header_bytes), sizeof(header_bytes)))
    throw BadInput(path + ": not a safetensors file: it has " + std::to_string(file_bytes) +
                   " bytes, and 8 come first");
  if (header_bytes < 2 || header_bytes > std::min(most_header_bytes, file_bytes - sizeof(header_bytes)))
    throw BadInput(path + ": not a safetensors file, or cut off: a header of " + std::to_string(header_bytes) +
                   " bytes in a file of " + std::to_string(file_bytes));
  std::string text(header_bytes, '\0');
  if (!stream.read(text.data(), static_cast<std::streamsize>(header_bytes)))
    throw BadInput(path + ": its header cannot be read");

  Header header;
  const Json header_json = parse_header(text, path);
  for (const auto& [name, json] : header_json.items())
    if (name == metadata_key)
      header.metadata = parse_metadata(json, path);
    else
      header.entries.push_back(parse_entry(name, json, path));
  check_tiling(header.entries, file_bytes - sizeof(header_bytes) - header_bytes, path);
  return header;
}

}  // namespace

SafetensorsFile read_safetensors(const std::string& path) {
  std::ifstream stream;
  Header header = read_header(stream, path);
  SafetensorsFile file{{}, std::move(header.metadata)};
  for (const Entry& entry : header.entries) file.tensors[entry.name] = read_tensor(stream, entry, path);
  return file;
}

std::map<std::string, std::string> read_metadata(const std::string& path) {
  std::ifstream stream;
  return read_header(stream, path).metadata;
}

const at::Tensor& tensor_in(const std::map<std::string, at::Tensor>& tensors, const std::string& name,
                            at::ScalarType type, at::IntArrayRef sizes, const std::string& where) {
  const auto found = tensors.find(name);
  if (found == tensors.end()) throw BadInput(fmt::format("{}: there is no tensor \"{}\"", where, name));
  const at::Tensor& tensor = found->second;
  if (tensor.scalar_type() != type || tensor.sizes() != sizes)
    throw BadInput(fmt::format("{}: {} is {} [{}] but must be {} [{}]", where, name,
                               c10::toString(tensor.scalar_type()), fmt::join(tensor.sizes(), ", "),
                               c10::toString(type), fmt::join(sizes, ", ")));
  if (tensor.is_floating_point() && !tensor.isfinite().all().item<bool>())
    throw BadInput(fmt::format("{}: {} holds numbers that are not finite", where, name));
  return tensor;
}

void write_safetensors(const std::string& path, const SafetensorsFile& file) {
  const std::vector<Placed> tensors = in_order(file, path);
  const std::string header = make_header(tensors, file, path);
  const std::uint64_t header_bytes = header.size();

  AtomicFile unfinished(path);
  std::ofstream stream(unfinished.temporary(), std::ios::binary);
  stream.write(reinterpret_cast<const char*>(&header_bytes), sizeof(header_bytes));
  stream << header;
  for (const Placed& placed : tensors) {
    const at::Tensor plain = placed.tensor.detach().to(at::kCPU).resolve_neg().contiguous();
    stream.write(static_cast<const char*>(plain.data_ptr()), static_cast<std::streamsize>(plain.nbytes()));
  }
  unfinished.finish(stream);
}

void require_writable(const std::string& path) { const AtomicFile probe(path); }

}  // namespace matchday
