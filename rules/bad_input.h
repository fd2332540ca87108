// BadInput, the one exception for unusable user input: a config, a file, an argument.
#pragma once

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>

namespace matchday {

/// The text with an escape for line breaks and all other control characters, which could move a terminal's cursor.
inline std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    std::array<char, 8> escape{};
    std::snprintf(escape.data(), escape.size(), "\\u%04X", static_cast<unsigned>(byte));
    if (byte < 0x20 || byte == 0x7f)
      line += escape.data();
    else
      line += c;
  }
  return line;
}

/// The text is one sentence: what is wrong, where, and what is allowed. The app prints it and exits with 2. It may
/// quote raw user input: the constructor makes it one line.
struct BadInput : std::runtime_error {
  explicit BadInput(std::string_view text) : std::runtime_error(one_line(text)) {}
};

}  // namespace matchday
