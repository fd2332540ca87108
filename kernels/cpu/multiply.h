// multiply: products of small matrices, held in registers a block at a time.
//
// A block has as many rows and columns as fit into registers: each number of the left factor is loaded once for all of
// the block's columns, each vector of the right one once for all of its rows. The factors of a small network fit into a
// core's own caches, so there is no further tiling.
#pragma once

#include "kernels/cpu/numbers.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// Columns of right factors and of products come in multiples of this; padding columns are zero.
inline constexpr int padding = 16;

inline constexpr std::int64_t padded(std::int64_t columns) { return (columns + padding - 1) / padding * padding; }

/// The sum of `padding` numbers, in the same order for every width of a vector.
[[gnu::always_inline]] inline float sum_of(const Floats (&vectors)[padding / wide_lanes]) {
  float numbers[padding];
  std::memcpy(numbers, vectors, sizeof numbers);
  for (int half = padding / 2; half > 0; half /= 2)
    for (int k = 0; k < half; ++k) numbers[k] += numbers[k + half];
  return numbers[0];
}

/// A left factor: its element in row m and column k is at[m * row + k * column].
template <class Element>
struct LeftFactor {
  const Element* at;
  std::int64_t row;
  std::int64_t column;

  LeftFactor from_row(std::int64_t m) const { return {at + m * row, row, column}; }
};

/// A right factor of elements: [depth, columns], columns next to each other, a multiple of `padding`.
template <class Element>
struct RightFactor {
  const Element* at;
  std::int64_t row;
};

/// Rows of a block that is `columns` vectors wide: the sums, the right factor's vectors and one number of the left one
/// must fit into 32 registers (AVX-512, NEON) or 16.
#if defined(__AVX512F__) || defined(__ARM_NEON)
inline constexpr int widest_block = 4;
inline constexpr int rows_of_block(int columns) { return columns == 4 ? 6 : columns == 2 ? 12 : 14; }
#else
inline constexpr int widest_block = 2;
inline constexpr int rows_of_block(int columns) { return columns == 2 ? 6 : 8; }
#endif

/// take(row, column, sum) gets the block's sums. Here and below `take` is passed by value and captures by value: its
/// stores could alias anything, so the compiler would reload captured references after every store.
template <int rows, int columns, class Element, class Take>
[[gnu::always_inline]] inline void multiply_block(LeftFactor<Element> left, RightFactor<Element> right,
                                                  std::int64_t depth, Take take) {
  Floats sums[rows][columns] = {};
  for (std::int64_t k = 0; k < depth; ++k) {
    decltype(load_elements(right.at)) vectors[columns];
#pragma GCC unroll 4
    for (int n = 0; n < columns; ++n) vectors[n] = load_elements(right.at + k * right.row + n * wide_lanes);
#pragma GCC unroll 16
    for (int m = 0; m < rows; ++m) {
      const auto number = in_all_lanes(left.at + m * left.row + k * left.column);
#pragma GCC unroll 4
      for (int n = 0; n < columns; ++n) sums[m][n] = multiply_add(number, vectors[n], sums[m][n]);
    }
  }
#pragma GCC unroll 16
  for (int m = 0; m < rows; ++m)
#pragma GCC unroll 4
    for (int n = 0; n < columns; ++n) take(m, n * wide_lanes, sums[m][n]);
}

/// The last `count` rows, fewer than `rows`.
template <int rows, int columns, class Element, class Take>
void multiply_last_rows(LeftFactor<Element> left, RightFactor<Element> right, std::int64_t depth, std::int64_t count,
                        Take take) {
  if constexpr (rows > 1) {
    if (count == rows - 1)
      multiply_block<rows - 1, columns>(left, right, depth, take);
    else
      multiply_last_rows<rows - 1, columns>(left, right, depth, count, take);
  }
}

template <int columns, class Element, class Take>
void multiply_columns(LeftFactor<Element> left, RightFactor<Element> right, std::int64_t rows, std::int64_t depth,
                      Take take) {
  constexpr int block = rows_of_block(columns);
  std::int64_t first = 0;
  const auto take_from = [take](std::int64_t row) {
    return [=](std::int64_t m, std::int64_t n, Floats sums) { take(row + m, n, sums); };
  };
  for (; first + block <= rows; first += block)
    multiply_block<block, columns>(left.from_row(first), right, depth, take_from(first));
  multiply_last_rows<block, columns>(left.from_row(first), right, depth, rows - first, take_from(first));
}

/// The product of left [rows, depth] and right [depth, columns], depth in elements. take(m, n, sums) gets each vector
/// of the product once: row m, from column n on.
template <class Element, class Take>
void multiply(LeftFactor<Element> left, RightFactor<Element> right, std::int64_t rows, std::int64_t columns,
              std::int64_t depth, Take take) {
  std::int64_t first = 0;
  const auto take_columns = [&]<int count>() {
    for (; first + count * wide_lanes <= columns; first += count * wide_lanes)
      multiply_columns<count>(left, RightFactor<Element>{right.at + first, right.row}, rows, depth,
                              [=](std::int64_t m, std::int64_t n, Floats sums) { take(m, first + n, sums); });
  };
  if constexpr (widest_block >= 4) take_columns.template operator()<4>();
  take_columns.template operator()<2>();
  take_columns.template operator()<1>();
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
