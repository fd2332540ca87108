// What makes one source of a kernel's body serve SIMD lanes on a CPU and threads on a GPU.
//
// A body is a template over `Lane`, the type of a number. On a GPU it is float, one match a thread; on a CPU a vector
// (cpu/wide.h), several matches at once, or float for those that don't fill a vector. A body asks of a lane type + - *
// /, comparisons, which give a mask, & | ! of masks, and the functions below. Nothing here may be contracted into fused
// operations or reordered: the bits count.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#if defined(__CUDACC__)
#define MATCHDAY_BODY __host__ __device__ __forceinline__
#else
#define MATCHDAY_BODY [[gnu::always_inline]] inline
#endif

// A GPU's registers can't be indexed: loops over bodies must be unrolled there.
#if defined(__CUDA_ARCH__)
#define MATCHDAY_UNROLL _Pragma("unroll")
#else
#define MATCHDAY_UNROLL
#endif

// Bodies are compiled once for each instruction set. Each time they lie in a namespace of their own, since a linker
// keeps only one of several inline functions of the same name, and that might be the one that this machine can't run.
#if !defined(MATCHDAY_INSTRUCTION_SET)
#define MATCHDAY_INSTRUCTION_SET portable
#endif

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// What goes with a lane type: its integers, and how many matches it holds.
template <class Lane>
struct LaneTraits;

template <>
struct LaneTraits<float> {
  using Integer = std::int32_t;
  using Mask = bool;
  using Word = std::uint32_t;
  static constexpr int matches = 1;
};

template <class Lane>
using IntegerOf = typename LaneTraits<Lane>::Integer;
template <class Lane>
using WordOf = typename LaneTraits<Lane>::Word;
template <class Lane>
using MaskOf = typename LaneTraits<Lane>::Mask;

/// chosen where the mask is set, else other.
MATCHDAY_BODY float select(bool mask, float chosen, float other) { return mask ? chosen : other; }
MATCHDAY_BODY std::int32_t select(bool mask, std::int32_t chosen, std::int32_t other) { return mask ? chosen : other; }

/// Whether the mask is set for any of the lane's matches, and for how many.
MATCHDAY_BODY bool any(bool mask) { return mask; }
MATCHDAY_BODY int count(bool mask) { return mask ? 1 : 0; }
/// Whether it is set for the match at this place in the lane.
MATCHDAY_BODY bool is_set(bool mask, int) { return mask; }

/// Correctly rounded.
MATCHDAY_BODY float square_root(float x) { return ::sqrtf(x); }
MATCHDAY_BODY float absolute(float x) { return ::fabsf(x); }
MATCHDAY_BODY float to_float(std::int32_t x) { return static_cast<float>(x); }

/// The same 32 bits as another type.
MATCHDAY_BODY std::int32_t as_integer(std::uint32_t word) { return static_cast<std::int32_t>(word); }
MATCHDAY_BODY std::uint32_t as_word(std::int32_t integer) { return static_cast<std::uint32_t>(integer); }
MATCHDAY_BODY std::uint32_t bits_of(float x) {
#if defined(__CUDA_ARCH__)
  return __float_as_uint(x);
#else
  return std::bit_cast<std::uint32_t>(x);
#endif
}
MATCHDAY_BODY float from_bits(std::uint32_t bits) {
#if defined(__CUDA_ARCH__)
  return __uint_as_float(bits);
#else
  return std::bit_cast<float>(bits);
#endif
}

/// Numbers of neighbouring matches, from and to memory.
MATCHDAY_BODY void load(float& lane, const float* from) { lane = *from; }
MATCHDAY_BODY void load(std::int32_t& lane, const std::int32_t* from) { lane = *from; }
/// The lower halves of 64-bit numbers.
MATCHDAY_BODY void load(std::uint32_t& lane, const std::int64_t* from) { lane = static_cast<std::uint32_t>(*from); }
MATCHDAY_BODY void load(bool& mask, const bool* from) { mask = *from; }
MATCHDAY_BODY void store(float lane, float* to) { *to = lane; }
MATCHDAY_BODY void store(std::int32_t lane, std::int32_t* to) { *to = lane; }
MATCHDAY_BODY void store(bool mask, bool* to) { *to = mask; }

/// Four neighbouring numbers of each match, aligned to 16 bytes; from match to match they lie `stride` apart.
MATCHDAY_BODY void load_four(float (&lanes)[4], const float* from, std::int64_t) {
#if defined(__CUDA_ARCH__)
  const float4 four = *reinterpret_cast<const float4*>(from);
  lanes[0] = four.x;
  lanes[1] = four.y;
  lanes[2] = four.z;
  lanes[3] = four.w;
#else
  for (int k = 0; k < 4; ++k) lanes[k] = from[k];
#endif
}
MATCHDAY_BODY void store_four(const float (&lanes)[4], float* to, std::int64_t) {
#if defined(__CUDA_ARCH__)
  *reinterpret_cast<float4*>(to) = make_float4(lanes[0], lanes[1], lanes[2], lanes[3]);
#else
  for (int k = 0; k < 4; ++k) to[k] = lanes[k];
#endif
}

/// The number of the match at one place in the lane.
MATCHDAY_BODY float at_place(float lane, int) { return lane; }
MATCHDAY_BODY std::int32_t at_place(std::int32_t lane, int) { return lane; }
MATCHDAY_BODY void set_place(float& lane, int, float number) { lane = number; }

/// store_four, but only for the matches of whose place in the lane chosen(place) says so.
template <class Lane, class Chosen>
MATCHDAY_BODY void store_four_where(const Chosen& chosen, const Lane (&lanes)[4], float* to, std::int64_t stride) {
  constexpr int lane = LaneTraits<Lane>::matches;
  int all = 0;
  for (int place = 0; place < lane; ++place) all += chosen(place) ? 1 : 0;
  if (all == lane) return store_four(lanes, to, stride);
  for (int place = 0; place < lane && all > 0; ++place)
    if (chosen(place))
      for (int k = 0; k < 4; ++k) to[place * stride + k] = at_place(lanes[k], place);
}

/// The smaller and the larger; of two equal ones, or where one is not a number, the first.
template <class Lane>
MATCHDAY_BODY Lane smaller(Lane a, Lane b) {
  return select(b < a, b, a);
}
template <class Lane>
MATCHDAY_BODY Lane larger(Lane a, Lane b) {
  return select(a < b, b, a);
}
template <class Lane>
MATCHDAY_BODY Lane clamp(Lane x, Lane lowest, Lane highest) {
  return smaller(larger(x, lowest), highest);
}

/// A vector on the pitch, u or u/step.
template <class Lane>
struct Vec {
  Lane x;
  Lane y;
};

template <class Lane>
MATCHDAY_BODY Vec<Lane> operator+(Vec<Lane> a, Vec<Lane> b) {
  return {a.x + b.x, a.y + b.y};
}
template <class Lane>
MATCHDAY_BODY Vec<Lane> operator-(Vec<Lane> a, Vec<Lane> b) {
  return {a.x - b.x, a.y - b.y};
}
template <class Lane>
MATCHDAY_BODY Vec<Lane> operator*(Vec<Lane> a, Lane scale) {
  return {a.x * scale, a.y * scale};
}
template <class Lane>
MATCHDAY_BODY Lane dot(Vec<Lane> a, Vec<Lane> b) {
  return a.x * b.x + a.y * b.y;
}
template <class Mask, class Lane>
MATCHDAY_BODY Vec<Lane> select(Mask mask, Vec<Lane> chosen, Vec<Lane> other) {
  return {select(mask, chosen.x, other.x), select(mask, chosen.y, other.y)};
}
/// Each coordinate kept within +- limit.
template <class Lane>
MATCHDAY_BODY Vec<Lane> kept_within(Vec<Lane> limit, Vec<Lane> v) {
  return {clamp(v.x, Lane(0.0F) - limit.x, limit.x), clamp(v.y, Lane(0.0F) - limit.y, limit.y)};
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
