#include "memory.h"

#include <algorithm>
#include <cstdio>
#include <map>

namespace matchday::ptx {
namespace {

constexpr std::uint64_t several = ~std::uint64_t{0};  ///< readers
constexpr unsigned shared_element = 4;                ///< bytes

struct Array {
  std::string name;
  std::uint64_t bytes;
  unsigned element_bytes;
  bool may_write;
  std::vector<Trace> traces;
};

std::map<std::uint64_t, Array> known_arrays;  ///< by their addresses

[[noreturn]] void refuse(const Access& access, std::uint64_t who, const std::string& what) {
  const char* uses[] = {"reads", "writes", "changes"};
  throw Fault(describe(access.site, who) + uses[static_cast<int>(access.use)] + " " + std::to_string(access.bytes) +
              " bytes " + what);
}

void note(Trace& trace, const Access& access, std::uint64_t who, std::uint64_t moment, const std::string& where) {
  const bool atomically = access.use == Use::change;
  if (trace.written == moment && trace.writer != who && !(atomically && trace.atomically))
    refuse(access, who, "of " + where + " that thread " + std::to_string(trace.writer) + " wrote, in no order");
  if (access.use != Use::read && trace.seen == moment && trace.reader != who)
    refuse(access, who, "of " + where + " that another thread reads, in no order");
  if (access.use == Use::read) {
    trace.reader = trace.seen == moment && trace.reader != who ? several : who;
    trace.seen = moment;
  } else {
    trace.writer = who;
    trace.written = moment;
    trace.atomically = atomically;
  }
}

void check_alignment(const Access& access, std::uint64_t who) {
  if (access.address % access.bytes != 0) refuse(access, who, "at an address that is no multiple of that");
}

}  // namespace

std::string hexadecimal(std::uint64_t number) {
  char text[20];
  std::snprintf(text, sizeof text, "0x%08llX", static_cast<unsigned long long>(number));
  return text;
}

std::string describe(const char* site, std::uint64_t who) {
  return std::string(site) + ": thread " + std::to_string(who) + " ";
}

SharedMemory::SharedMemory(const std::vector<SharedArray>& arrays) : arrays_(arrays) {
  std::uint64_t size = 0;
  for (const SharedArray& array : arrays) size = std::max(size, array.place + array.bytes);
  bytes_.resize(size);
  traces_.resize(size / shared_element + 1);
}

std::byte* SharedMemory::reach(const Access& access, std::uint64_t who) {
  check_alignment(access, who);
  const auto within = [&](const SharedArray& array) {
    return access.address >= array.place && access.address + access.bytes <= array.place + array.bytes;
  };
  if (std::none_of(arrays_.begin(), arrays_.end(), within)) refuse(access, who, "outside of shared memory");
  const std::uint64_t last = (access.address + access.bytes - 1) / shared_element;
  for (std::uint64_t k = access.address / shared_element; k <= last; ++k) {
    if (access.use != Use::write && traces_[k].written < block_began_)
      refuse(access, who, "of shared memory that nobody wrote");
    note(traces_[k], access, who, moment_, "shared memory");
  }
  return bytes_.data() + access.address;
}

std::byte* reach_array(const Access& access, std::uint64_t who, std::uint64_t launch) {
  const auto next = known_arrays.upper_bound(access.address);
  if (next == known_arrays.begin()) refuse(access, who, "before all arrays");
  auto& [first, array] = *std::prev(next);
  const std::uint64_t offset = access.address - first;
  if (offset + access.bytes > array.bytes)
    refuse(access, who,
           std::to_string(static_cast<std::int64_t>(offset - array.bytes)) + " bytes past the end of " + array.name);
  check_alignment(access, who);
  if (access.use != Use::read && !array.may_write) refuse(access, who, "of " + array.name + ", which is an input");
  const std::uint64_t last = (offset + access.bytes - 1) / array.element_bytes;
  for (std::uint64_t k = offset / array.element_bytes; k <= last; ++k)
    note(array.traces[k], access, who, launch, array.name);
  return reinterpret_cast<std::byte*>(access.address);
}

void know_array(const std::string& name, void* first, std::size_t bytes, unsigned element_bytes, bool may_write) {
  known_arrays[reinterpret_cast<std::uint64_t>(first)] = {name, bytes, element_bytes, may_write,
                                                          std::vector<Trace>(bytes / element_bytes + 1)};
}

void forget_arrays() { known_arrays.clear(); }

}  // namespace matchday::ptx
