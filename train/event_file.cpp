#include "train/event_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>

#include "rules/bad_input.h"

namespace matchday {
namespace {

template <class Number>
std::string bytes_of(Number number) {
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

// Protocol buffers: a field is its number and the form of what follows, then that.

std::string varint(std::uint64_t number) {
  std::string bytes;
  for (; number >= 0x80; number >>= 7) bytes += static_cast<char>(number | 0x80);
  return bytes + static_cast<char>(number);
}

std::string whole_field(int field, std::int64_t number) {
  return varint(static_cast<std::uint64_t>(field) << 3) + varint(static_cast<std::uint64_t>(number));
}
std::string double_field(int field, double number) {
  return varint(static_cast<std::uint64_t>(field) << 3 | 1) + bytes_of(number);
}
std::string float_field(int field, float number) {
  return varint(static_cast<std::uint64_t>(field) << 3 | 5) + bytes_of(number);
}
std::string bytes_field(int field, std::string_view bytes) {
  return varint(static_cast<std::uint64_t>(field) << 3 | 2) + varint(bytes.size()) + std::string(bytes);
}

/// Event: 1 wall time, 2 step, and one of 3 file version, 5 summary, 7 session log.
std::string event(std::int64_t step, const std::string& what) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return double_field(1, std::chrono::duration<double>(now).count()) + whole_field(2, step) + what;
}

/// CRC-32C (Castagnoli) as TFRecord masks it.
std::uint32_t masked_checksum(std::string_view bytes) {
  static const std::array<std::uint32_t, 256> table = [] {
    std::array<std::uint32_t, 256> made{};
    for (std::uint32_t n = 0; n < made.size(); ++n) {
      std::uint32_t rest = n;
      for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ ((rest & 1) != 0 ? 0x82F63B78U : 0U);
      made[n] = rest;
    }
    return made;
  }();
  std::uint32_t checksum = ~0U;
  for (const char byte : bytes)
    checksum = table[(checksum ^ static_cast<unsigned char>(byte)) & 0xFFU] ^ (checksum >> 8);
  checksum = ~checksum;
  return ((checksum >> 15) | (checksum << 17)) + 0xA282EAD8U;
}

/// What the names of such files begin with; then come the second in which they were made, and the process.
constexpr std::string_view prefix = "events.out.tfevents.";

/// Beyond the year 5000 a name is none of ours, and there must be a second after it.
constexpr std::int64_t last_second = 100'000'000'000;

/// The second in the name of a folder's newest file; 0: there is none. TensorBoard reads files in the order of their
/// names, which must be that in which they were made, whatever the clock says.
std::int64_t newest_in(const std::filesystem::path& folder) {
  std::int64_t newest = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    std::int64_t second = 0;
    if (name.starts_with(prefix)) std::from_chars(name.data() + prefix.size(), name.data() + name.size(), second);
    if (second < last_second) newest = std::max(newest, second);
  }
  return newest;
}

}  // namespace

EventFile::EventFile(std::filesystem::path folder, std::int64_t step) : folder_(std::move(folder)), first_step_(step) {}

void EventFile::begin() {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const std::int64_t second =
      std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count(), newest_in(folder_) + 1);
  path_ = folder_ / fmt::format("{}{}.{}", prefix, second, ::getpid());
  file_.open(path_, std::ios::binary);
  write(event(0, bytes_field(3, "brain.Event:2")));
  constexpr std::int64_t start = 1;  // of a session
  write(event(first_step_, bytes_field(7, whole_field(1, start))));
}

void EventFile::add(std::int64_t step, const std::vector<std::pair<std::string, double>>& numbers) {
  if (!file_.is_open()) begin();
  std::string summary;
  for (const auto& [name, number] : numbers)
    summary += bytes_field(1, bytes_field(1, name) + float_field(2, static_cast<float>(number)));
  write(event(step, bytes_field(5, summary)));
}

void EventFile::write(std::string_view event) {
  const std::string length = bytes_of(static_cast<std::uint64_t>(event.size()));
  file_ << length << bytes_of(masked_checksum(length)) << event << bytes_of(masked_checksum(event)) << std::flush;
  if (!file_) throw BadInput(fmt::format("{}: cannot be written: {}", path_.string(), std::strerror(errno)));
}

}  // namespace matchday
