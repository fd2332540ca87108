// The part of Protocol Buffers' wire format that ONNX and TensorBoard files need: varints, floats, and bytes after
// their length. torch contains a protobuf library of its own, and two in one process conflict.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace matchday {

/// Appends a field to a message: a whole number, or bytes (a text, or a nested message).
void put_number(std::string& message, std::uint32_t field, std::int64_t number);
void put_float(std::string& message, std::uint32_t field, float number);
void put_double(std::string& message, std::uint32_t field, double number);
void put_bytes(std::string& message, std::uint32_t field, std::string_view bytes);

/// One field of a message. The field's type decides which of `number` and `bytes` is its value.
struct ProtobufField {
  std::uint32_t field;
  std::int64_t number;
  std::string_view bytes;  ///< a view into the message that was read
};

/// A message's fields in order. Throws std::runtime_error if it is cut off or has a field of another wire type.
std::vector<ProtobufField> fields_of(std::string_view message);

}  // namespace matchday
