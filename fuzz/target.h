// Shared by all targets. A target passes one input, untrusted bytes, to one reader of the program. It aborts the
// process if the reader breaks its promise: to refuse the input in one sentence or to return what was meant.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "rules/bad_input.h"

/// Defined by each target; called by libFuzzer, or by fuzz/replay.cpp where the compiler has no libFuzzer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace matchday::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// The parts of an input between marks; missing parts are empty, and text after the last part's mark is dropped.
template <std::size_t count>
std::array<std::string_view, count> parts_of(std::string_view text, std::string_view mark) {
  std::array<std::string_view, count> parts;
  for (std::string_view& part : parts) {
    part = text.substr(0, text.find(mark));
    text.remove_prefix(std::min(text.size(), part.size() + mark.size()));
  }
  return parts;
}

inline std::vector<std::string> lines_of(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// Aborts the process if the condition is false, which is how a fuzzer detects a fault.
inline void require(bool condition, std::string_view promise, std::string_view found) {
  if (condition) return;
  std::fprintf(stderr, "broken promise: %.*s; found: %.*s\n", static_cast<int>(promise.size()), promise.data(),
               static_cast<int>(found.size()), found.data());
  std::abort();
}

/// Whether `read` accepts its input. If it throws BadInput, its text must be one line; it may throw nothing else.
template <class Read>
bool accepted(const Read& read) {
  try {
    read();
    return true;
  } catch (const BadInput& refusal) {
    const std::string_view text = refusal.what();
    bool printable = !text.empty();
    for (const char c : text) printable = printable && static_cast<unsigned char>(c) >= ' ' && c != 0x7F;
    require(printable, "a refusal is one line that a terminal can show", text);
    return false;
  }
}

}  // namespace matchday::fuzz
