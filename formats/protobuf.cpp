#include "formats/protobuf.h"

#include <stdexcept>

#include "formats/little_endian.h"

namespace matchday {
namespace {

constexpr std::uint64_t number_type = 0;
constexpr std::uint64_t eight_bytes_type = 1;
constexpr std::uint64_t bytes_type = 2;
constexpr std::uint64_t four_bytes_type = 5;

/// Seven bits a byte, lowest first; the eighth is set if more bytes follow.
void put_varint(std::string& message, std::uint64_t number) {
  for (; number >= 128; number /= 128) message += static_cast<char>(number % 128 + 128);
  message += static_cast<char>(number);
}

std::uint64_t take_varint(std::string_view& rest) {
  constexpr int most_bits = 64;
  std::uint64_t number = 0;
  for (int shift = 0; shift < most_bits && !rest.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    number |= std::uint64_t{byte & 127U} << shift;
    if (byte < 128) return number;
  }
  throw std::runtime_error("a protobuf message is cut off");
}

}  // namespace

void put_number(std::string& message, std::uint32_t field, std::int64_t number) {
  put_varint(message, field * 8 + number_type);
  put_varint(message, static_cast<std::uint64_t>(number));
}

void put_float(std::string& message, std::uint32_t field, float number) {
  put_varint(message, field * 8 + four_bytes_type);
  message += bytes_of(number);
}

void put_double(std::string& message, std::uint32_t field, double number) {
  put_varint(message, field * 8 + eight_bytes_type);
  message += bytes_of(number);
}

void put_bytes(std::string& message, std::uint32_t field, std::string_view bytes) {
  put_varint(message, field * 8 + bytes_type);
  put_varint(message, bytes.size());
  message += bytes;
}

std::vector<ProtobufField> fields_of(std::string_view message) {
  std::vector<ProtobufField> fields;
  while (!message.empty()) {
    const std::uint64_t key = take_varint(message);
    const std::uint64_t number = take_varint(message);
    ProtobufField field{static_cast<std::uint32_t>(key / 8), static_cast<std::int64_t>(number), {}};
    if (key % 8 == bytes_type) {
      if (number > message.size()) throw std::runtime_error("a protobuf message is cut off");
      field.bytes = message.substr(0, number);
      message.remove_prefix(number);
    } else if (key % 8 != number_type) {
      throw std::runtime_error("a protobuf message has a field that is neither number nor bytes");
    }
    fields.push_back(field);
  }
  return fields;
}

}  // namespace matchday
