// The samples of a gradient in pieces, which limit its memory and are shared out among threads.
#pragma once

#include <ATen/ATen.h>

#include <algorithm>
#include <vector>

#include "sim/thread_pool.h"
#include "train/samples.h"

namespace matchday {

/// On a CPU samples are taken in few pieces, so that the pieces' gradients take little memory. Their number does not
/// depend on the number of threads.
inline constexpr std::int64_t most_pieces = 16;

/// Most rows that a GPU takes through the networks and back at a time.
inline constexpr std::int64_t rows_of_piece_on_gpu = 1 << 20;

/// Rows split into pieces of one length; the last may be shorter.
struct Pieces {
  std::int64_t rows;
  std::int64_t length;

  std::int64_t count() const { return (rows + length - 1) / length; }
  /// First row of a piece; first(count()) is the end.
  std::int64_t first(std::int64_t piece) const { return std::min(piece * length, rows); }
};

/// At most `most_pieces` pieces, of a length of at least `least` rows.
inline Pieces few_pieces(std::int64_t rows, std::int64_t least) {
  return {rows, std::max(least, (rows + most_pieces - 1) / most_pieces)};
}

inline std::int64_t count_of(const Samples& samples, const at::Tensor& rows) {
  return rows.defined() ? rows.numel() : samples.size();
}

/// A piece of the chosen samples (rows: int64 [m]; undefined: all), without the kept activations, which are recomputed.
inline Samples piece_of(const Samples& samples, const at::Tensor& rows, const Pieces& pieces, std::int64_t piece) {
  const std::int64_t first = pieces.first(piece);
  const std::int64_t count = pieces.first(piece + 1) - first;
  const auto own = [&](const at::Tensor& numbers) {
    return rows.defined() ? numbers.index_select(0, rows.narrow(0, first, count)) : numbers.narrow(0, first, count);
  };
  return {own(samples.observation),
          own(samples.pre_squash),
          own(samples.log_prob),
          own(samples.advantage),
          samples.target.defined() ? own(samples.target) : at::Tensor(),
          at::Tensor(),
          samples.teacher.defined() ? own(samples.teacher) : at::Tensor(),
          samples.teacher_weight};
}

/// Calls find(piece, samples) for each piece of the chosen samples. Returns the sum of the metrics that it returns.
template <class Find>
at::Tensor in_pieces(const Samples& samples, const at::Tensor& rows, const Pieces& pieces, ThreadPool& thread_pool,
                     const Find& find) {
  std::vector<at::Tensor> metrics(static_cast<std::size_t>(pieces.count()));
  thread_pool.parallel_for(pieces.count(), [&](std::int64_t piece) {
    metrics[static_cast<std::size_t>(piece)] = find(piece, piece_of(samples, rows, pieces, piece));
  });
  return at::stack(metrics).sum(0);
}

}  // namespace matchday
