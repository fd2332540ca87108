#include "formats/event_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>

#include "formats/little_endian.h"
#include "formats/protobuf.h"
#include "rules/bad_input.h"

namespace matchday {
namespace {

/// An Event: 1 wall time, 2 step, and one of 3 file version, 5 summary, 7 session log.
std::string event(std::int64_t step, std::uint32_t field, std::string_view content) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  std::string message;
  put_double(message, 1, std::chrono::duration<double>(now).count());
  put_number(message, 2, step);
  put_bytes(message, field, content);
  return message;
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

/// Prefix of the files' names; the creation time in seconds and the process id follow.
constexpr std::string_view prefix = "events.out.tfevents.";

/// Upper limit of the time in a name (after the year 5000): later ones are not ours, and one more could overflow.
constexpr std::int64_t last_second = 100'000'000'000;

/// The time in the name of a folder's newest file, in seconds; 0: there is none. TensorBoard reads files in the order
/// of their names, which must be the order of creation even if the clock goes back.
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
  write(event(0, 3, "brain.Event:2"));
  constexpr std::int64_t start = 1;  // SessionLog's status START
  std::string session;
  put_number(session, 1, start);
  write(event(first_step_, 7, session));
}

void EventFile::add(std::int64_t step, const std::vector<std::pair<std::string, double>>& numbers) {
  if (!file_.is_open()) begin();
  std::string summary;
  for (const auto& [name, number] : numbers) {
    std::string value;
    put_bytes(value, 1, name);
    put_float(value, 2, static_cast<float>(number));
    put_bytes(summary, 1, value);
  }
  write(event(step, 5, summary));
}

void EventFile::write(std::string_view event) {
  const std::string length = bytes_of(static_cast<std::uint64_t>(event.size()));
  file_ << length << bytes_of(masked_checksum(length)) << event << bytes_of(masked_checksum(event)) << std::flush;
  if (!file_) throw BadInput(fmt::format("{}: cannot be written: {}", path_.string(), std::strerror(errno)));
}

}  // namespace matchday
