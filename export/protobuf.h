// Protocol Buffers' wire format, as much of it as ONNX files here take: numbers and lengths with bytes. torch brings a
// protobuf library of its own, and two in one process don't get on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace matchday {

/// Appends a field to a message: a whole number, or bytes (a text, or a message of its own).
void put_number(std::string& message, std::uint32_t field, std::int64_t number);
void put_bytes(std::string& message, std::uint32_t field, std::string_view bytes);

/// One field of a message. Of number and bytes it has the one that the field's type has.
struct ProtobufField {
  std::uint32_t field;
  std::int64_t number;
  std::string_view bytes;  ///< of the message that was read
};

/// A message's fields in order. Throws std::runtime_error if it is cut off or has a field of another wire type.
std::vector<ProtobufField> fields_of(std::string_view message);

}  // namespace matchday
