// Named arrays: the device's, and what they should hold.
#pragma once

#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <type_traits>

#include "machine.h"

namespace matchday::ptx {

/// Each array is a piece of memory of exactly its size, aligned to 16 bytes and at first full of bytes 0xCC.
class Arrays {
 public:
  template <class T>
  T* add(const std::string& name, std::int64_t count, bool may_write = true) {
    Array& array = arrays_[name];
    array = {static_cast<std::size_t>(count) * sizeof(T), sizeof(T), std::is_same_v<T, float>, may_write, nullptr};
    array.first.reset(new std::byte[array.bytes]);
    std::memset(array.first.get(), 0xCC, array.bytes);
    return get<T>(name);
  }

  template <class T>
  T* get(const std::string& name) const {
    return reinterpret_cast<T*>(arrays_.at(name).first.get());
  }
  template <class T>
  std::int64_t count(const std::string& name) const {
    return static_cast<std::int64_t>(arrays_.at(name).bytes / sizeof(T));
  }

  /// Makes these the arrays that the device knows.
  void lie_on_device() const {
    forget_arrays();
    for (const auto& [name, array] : arrays_)
      know_array(name, array.first.get(), array.bytes, array.element_bytes, array.may_write);
  }

  Arrays copy() const {
    Arrays other;
    for (const auto& [name, array] : arrays_)
      std::memcpy(other.add<std::byte>(name, static_cast<std::int64_t>(array.bytes)), array.first.get(), array.bytes);
    return other;
  }

  /// The first difference of every array that differs, or "". What is not a number may have any such bits.
  std::string difference(const Arrays& expected) const {
    std::string text;
    for (const auto& [name, array] : arrays_) {
      const std::byte* other = expected.arrays_.at(name).first.get();
      if (std::memcmp(array.first.get(), other, array.bytes) == 0) continue;
      for (std::size_t at = 0; at < array.bytes; at += array.element_bytes)
        if (!array.same(array.first.get() + at, other + at)) {
          text += name + "[" + std::to_string(at / array.element_bytes) + "] is " +
                  array.shown(array.first.get() + at) + ", not " + array.shown(other + at) + "\n";
          break;
        }
    }
    return text;
  }

 private:
  struct Array {
    std::size_t bytes = 0;
    unsigned element_bytes = 1;
    bool reals = false;
    bool may_write = true;
    std::unique_ptr<std::byte[]> first;

    static float real(const std::byte* at) {
      float x = 0.0F;
      std::memcpy(&x, at, sizeof x);
      return x;
    }
    bool same(const std::byte* a, const std::byte* b) const {
      if (std::memcmp(a, b, element_bytes) == 0) return true;
      return reals && real(a) != real(a) && real(b) != real(b);
    }
    std::string shown(const std::byte* at) const {
      std::uint64_t bits = 0;
      std::memcpy(&bits, at, element_bytes);
      return std::to_string(bits) + (reals ? " (" + std::to_string(real(at)) + ")" : "");
    }
  };
  std::map<std::string, Array> arrays_;
};

}  // namespace matchday::ptx
