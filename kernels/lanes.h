// lanes: what lets one source of a kernel serve SIMD lanes on a CPU and threads on a GPU.
//
// A kernel is a template over `Float`, the type of a number. On a GPU it is float, one match per thread; on a CPU it is
// a vector (cpu/wide.h) of several matches, or float for matches that don't fill a vector. Kernels use only + - * /,
// comparisons, which give masks, & | ! of masks, and the functions below. Nothing here may be contracted into fused
// operations or reordered: the bits count.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#if defined(__CUDACC__)
#define MATCHDAY_HOST_DEVICE __host__ __device__ __forceinline__
#else
#define MATCHDAY_HOST_DEVICE [[gnu::always_inline]] inline
#endif

// A GPU's registers can't be indexed: loops over bodies must be unrolled there.
#if defined(__CUDA_ARCH__)
#define MATCHDAY_UNROLL _Pragma("unroll")
#else
#define MATCHDAY_UNROLL
#endif

// Kernels are compiled once for each instruction set, each time in a namespace of their own: a linker keeps only one of
// several inline functions of the same name, and that might be one that this machine can't run.
#if !defined(MATCHDAY_INSTRUCTION_SET)
#define MATCHDAY_INSTRUCTION_SET portable
#endif

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// The integer, mask and word types that go with `Float`, and its number of lanes, one match each.
template <class Float>
struct FloatTraits;

template <>
struct FloatTraits<float> {
  using Integer = std::int32_t;
  using Mask = bool;
  using Word = std::uint32_t;
  static constexpr int lanes = 1;
};

template <class Float>
using IntegerOf = typename FloatTraits<Float>::Integer;
template <class Float>
using WordOf = typename FloatTraits<Float>::Word;
template <class Float>
using MaskOf = typename FloatTraits<Float>::Mask;

/// chosen where the mask is set, else other.
MATCHDAY_HOST_DEVICE float select(bool mask, float chosen, float other) { return mask ? chosen : other; }
MATCHDAY_HOST_DEVICE std::int32_t select(bool mask, std::int32_t chosen, std::int32_t other) {
  return mask ? chosen : other;
}

/// any: whether the mask is set in some lane; count: in how many.
MATCHDAY_HOST_DEVICE bool any(bool mask) { return mask; }
MATCHDAY_HOST_DEVICE int count(bool mask) { return mask ? 1 : 0; }
/// Whether the mask is set in this lane.
MATCHDAY_HOST_DEVICE bool is_set(bool mask, int) { return mask; }

/// Correctly rounded.
MATCHDAY_HOST_DEVICE float square_root(float x) { return ::sqrtf(x); }
MATCHDAY_HOST_DEVICE float absolute(float x) { return ::fabsf(x); }
MATCHDAY_HOST_DEVICE float to_float(std::int32_t x) { return static_cast<float>(x); }

/// The same 32 bits as another type.
MATCHDAY_HOST_DEVICE std::int32_t as_integer(std::uint32_t word) { return static_cast<std::int32_t>(word); }
MATCHDAY_HOST_DEVICE std::uint32_t as_word(std::int32_t integer) { return static_cast<std::uint32_t>(integer); }
MATCHDAY_HOST_DEVICE std::uint32_t bits_of(float x) {
#if defined(__CUDA_ARCH__)
  return __float_as_uint(x);
#else
  return std::bit_cast<std::uint32_t>(x);
#endif
}
MATCHDAY_HOST_DEVICE float from_bits(std::uint32_t bits) {
#if defined(__CUDA_ARCH__)
  return __uint_as_float(bits);
#else
  return std::bit_cast<float>(bits);
#endif
}

/// Numbers of neighbouring matches, from and to memory.
MATCHDAY_HOST_DEVICE void load(float& number, const float* from) { number = *from; }
MATCHDAY_HOST_DEVICE void load(std::int32_t& number, const std::int32_t* from) { number = *from; }
/// The lower halves of 64-bit numbers.
MATCHDAY_HOST_DEVICE void load(std::uint32_t& number, const std::int64_t* from) {
  number = static_cast<std::uint32_t>(*from);
}
MATCHDAY_HOST_DEVICE void load(bool& mask, const bool* from) { mask = *from; }
MATCHDAY_HOST_DEVICE void store(float number, float* to) { *to = number; }
MATCHDAY_HOST_DEVICE void store(std::int32_t number, std::int32_t* to) { *to = number; }
MATCHDAY_HOST_DEVICE void store(bool mask, bool* to) { *to = mask; }

/// Four neighbouring numbers of each match, aligned to 16 bytes; from match to match they lie `stride` apart.
MATCHDAY_HOST_DEVICE void load_four(float (&numbers)[4], const float* from, std::int64_t) {
#if defined(__CUDA_ARCH__)
  const float4 four = *reinterpret_cast<const float4*>(from);
  numbers[0] = four.x;
  numbers[1] = four.y;
  numbers[2] = four.z;
  numbers[3] = four.w;
#else
  for (int k = 0; k < 4; ++k) numbers[k] = from[k];
#endif
}
MATCHDAY_HOST_DEVICE void store_four(const float (&numbers)[4], float* to, std::int64_t) {
#if defined(__CUDA_ARCH__)
  *reinterpret_cast<float4*>(to) = make_float4(numbers[0], numbers[1], numbers[2], numbers[3]);
#else
  for (int k = 0; k < 4; ++k) to[k] = numbers[k];
#endif
}

/// The number in one lane.
MATCHDAY_HOST_DEVICE float at_lane(float number, int) { return number; }
MATCHDAY_HOST_DEVICE std::int32_t at_lane(std::int32_t number, int) { return number; }
MATCHDAY_HOST_DEVICE void set_lane(float& wide, int, float number) { wide = number; }

/// store_four, but only for the matches whose lane satisfies chosen(lane).
template <class Float, class Chosen>
MATCHDAY_HOST_DEVICE void store_four_where(const Chosen& chosen, const Float (&numbers)[4], float* to,
                                           std::int64_t stride) {
  constexpr int lanes = FloatTraits<Float>::lanes;
  int all = 0;
  for (int lane = 0; lane < lanes; ++lane) all += chosen(lane) ? 1 : 0;
  if (all == lanes) return store_four(numbers, to, stride);
  for (int lane = 0; lane < lanes && all > 0; ++lane)
    if (chosen(lane))
      for (int k = 0; k < 4; ++k) to[lane * stride + k] = at_lane(numbers[k], lane);
}

/// The smaller and the larger number; the first argument if both are equal or one is NaN.
template <class Float>
MATCHDAY_HOST_DEVICE Float smaller(Float a, Float b) {
  return select(b < a, b, a);
}
template <class Float>
MATCHDAY_HOST_DEVICE Float larger(Float a, Float b) {
  return select(a < b, b, a);
}
template <class Float>
MATCHDAY_HOST_DEVICE Float clamp(Float x, Float lowest, Float highest) {
  return smaller(larger(x, lowest), highest);
}

/// A vector on the pitch, u or u/step.
template <class Float>
struct Vec {
  Float x;
  Float y;
};

template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> operator+(Vec<Float> a, Vec<Float> b) {
  return {a.x + b.x, a.y + b.y};
}
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> operator-(Vec<Float> a, Vec<Float> b) {
  return {a.x - b.x, a.y - b.y};
}
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> operator*(Vec<Float> a, Float scale) {
  return {a.x * scale, a.y * scale};
}
template <class Float>
MATCHDAY_HOST_DEVICE Float dot(Vec<Float> a, Vec<Float> b) {
  return a.x * b.x + a.y * b.y;
}
template <class Mask, class Float>
MATCHDAY_HOST_DEVICE Vec<Float> select(Mask mask, Vec<Float> chosen, Vec<Float> other) {
  return {select(mask, chosen.x, other.x), select(mask, chosen.y, other.y)};
}
/// Each coordinate kept within +- limit.
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> kept_within(Vec<Float> limit, Vec<Float> v) {
  return {clamp(v.x, Float(0.0F) - limit.x, limit.x), clamp(v.y, Float(0.0F) - limit.y, limit.y)};
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
