// Forward and backward passes of a network's trunk on a tile of rows that stays in the caches.
#pragma once

#include <algorithm>
#include <cmath>
#include <new>
#include <vector>

#include "kernels/cpu/multiply.h"
#include "kernels/network.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// Rows that go through a network together. Their activations (some 200 kB for 4 x 128 units) stay in a core's L2
/// cache, and it is a multiple of the products' block heights (6, 12).
inline constexpr std::int64_t tile_rows = 96;

/// A layer's packed parameters and its gradients. The weights are right factors of the products of its Numbers.
template <class Number>
struct Layer {
  std::int64_t inputs;
  std::int64_t outputs;
  const ElementOf<Number>* transposed = nullptr;  ///< [elements(inputs), padded(outputs)]; null: there is no weight
  const ElementOf<Number>* weight = nullptr;      ///< [elements(outputs), padded(inputs)]
  const float* bias = nullptr;                    ///< [padded(outputs)]
  float* weight_gradient = nullptr;               ///< [outputs, padded(inputs)]
  float* bias_gradient = nullptr;                 ///< [padded(outputs)]

  std::int64_t input_row() const { return padded(inputs); }
  std::int64_t output_row() const { return padded(outputs); }
};

/// Scratch memory for tiles, kept by each thread from call to call.
class Scratch {
 public:
  Scratch() = default;
  ~Scratch() { release(); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  /// Releases all tiles, and makes room for `size` numbers.
  void prepare(std::int64_t size) {
    taken_ = 0;
    if (size <= size_) return;
    release();
    numbers_ = static_cast<float*>(::operator new(static_cast<std::size_t>(size) * sizeof(float), alignment));
    size_ = size;
  }

  /// Takes a tile of rows of `columns` columns, padded. It has room for floats, whatever it is taken for.
  template <class Number = float>
  Number* tile(std::int64_t columns) {
    float* numbers = numbers_ + taken_;
    taken_ += tile_rows * padded(columns);
    return reinterpret_cast<Number*>(numbers);
  }

 private:
  static constexpr std::align_val_t alignment{64};
  void release() {
    if (numbers_ != nullptr) ::operator delete(numbers_, alignment);
  }

  float* numbers_ = nullptr;
  std::int64_t size_ = 0;
  std::int64_t taken_ = 0;
};

/// A tile of rows: [rows, row], of which a layer reads the first columns, and as many more as fill an element.
template <class Number>
struct Tile {
  const Number* at;
  std::int64_t row;
};

[[gnu::always_inline]] inline Floats positive_part(Floats x) { return x < 0.0F ? Floats{} : x; }
/// ReLU's backward pass: x where the activation was positive, else 0.
template <class Number>
[[gnu::always_inline]] inline Floats passed_on(Floats x, const Number* activation) {
  return load_floats(activation) <= 0.0F ? Floats{} : x;  // NaN passes, in the forward pass and here
}

/// Calls take(place, sum) for every vector of a layer's outputs, place = m * output_row + n.
template <class Number, class Take>
void apply(const Layer<Number>& layer, Tile<Number> input, std::int64_t rows, Take take) {
  const std::int64_t row = layer.output_row();
  const float* bias = layer.bias;
  multiply(LeftFactor<ElementOf<Number>>{as_elements(input.at), elements<Number>(input.row), 1},
           RightFactor<ElementOf<Number>>{layer.transposed, row}, rows, row, elements<Number>(layer.inputs),
           [=](std::int64_t m, std::int64_t n, Floats sums) { take(m * row + n, sums + load_floats(bias + n)); });
}

template <class Number>
void apply_relu(const Layer<Number>& layer, Tile<Number> input, std::int64_t rows, Number* output) {
  apply(layer, input, rows, [=](std::int64_t at, Floats sums) { store_floats(positive_part(sums), output + at); });
}

/// Calls take(place, sum) for every vector of the derivatives by a layer's inputs, place = m * input_row + n.
template <class Number, class Take>
void apply_backward(const Layer<Number>& layer, const Number* derivative, std::int64_t rows, Take take) {
  const std::int64_t row = layer.input_row();
  multiply(LeftFactor<ElementOf<Number>>{as_elements(derivative), elements<Number>(layer.output_row()), 1},
           RightFactor<ElementOf<Number>>{layer.weight, row}, rows, row, elements<Number>(layer.outputs),
           [=](std::int64_t m, std::int64_t n, Floats sums) { take(m * row + n, sums); });
}

/// A tile in elements along its rows, [elements(rows), row], for sums over the rows: the tile itself, or its rows in
/// pairs, which are written to `pairs`.
inline const float* along_rows(const float* tile, std::int64_t /*rows*/, std::int64_t /*row*/, float* /*pairs*/) {
  return tile;
}
inline const Bfloat16Pair* along_rows(const Bfloat16* tile, std::int64_t rows, std::int64_t row, Bfloat16Pair* pairs) {
  for (std::int64_t m = 0; m < rows; m += 2)
    for (std::int64_t n = 0; n < row; n += wide_lanes) {
      const Bfloat16* first = tile + m * row + n;
      const Words second = m + 1 < rows ? load_halves(first + row) << 16 : Words{};
      const Words both = load_halves(first) | second;
      std::memcpy(pairs + m / 2 * row + n, &both, sizeof both);
    }
  return pairs;
}

/// Room for a layer's derivative and input along their rows; none is needed for floats.
template <class Number>
struct AlongRows {
  ElementOf<Number>* derivative = nullptr;
  ElementOf<Number>* input = nullptr;
};

/// Adds a tile's share to a layer's gradient. derivative: by the layer's outputs. input: the layer's input, padded.
template <class Number>
void accumulate(const Layer<Number>& layer, const Number* derivative, const Number* input, std::int64_t rows,
                AlongRows<Number> room) {
  const auto add = [](float* to, Floats sums) { store_floats(load_floats(to) + sums, to); };
  const std::int64_t input_row = layer.input_row();
  const std::int64_t output_row = layer.output_row();
  float* weight = layer.weight_gradient;
  if (layer.weight != nullptr)
    multiply(LeftFactor<ElementOf<Number>>{along_rows(derivative, rows, output_row, room.derivative), 1, output_row},
             RightFactor<ElementOf<Number>>{along_rows(input, rows, input_row, room.input), input_row}, layer.outputs,
             input_row, elements<Number>(rows),
             [=](std::int64_t m, std::int64_t n, Floats sums) { add(weight + m * input_row + n, sums); });
  for (std::int64_t n = 0; n < output_row; n += wide_lanes) {
    Floats sums = {};
    for (std::int64_t m = 0; m < rows; ++m) sums += load_floats(derivative + m * output_row + n);
    add(layer.bias_gradient + n, sums);
  }
}

template <class Number>
float sum_of(const Number* numbers, std::int64_t count) {
  float sum = 0.0F;
  for (std::int64_t k = 0; k < count; ++k) sum += to_float(numbers[k]);
  return sum;
}

/// A trunk (config/trunk.h) on a tile, with the activations that its forward pass keeps for the backward pass. A ReLU
/// or an addition after a layer is done on the layer's sums before they are stored.
template <class Number>
class TrunkPass {
 public:
  TrunkPass(const std::vector<TrunkStep>& steps, const std::vector<Layer<Number>>& layers, Scratch& scratch)
      : steps_(steps), layers_(layers) {
    for (std::size_t k = 0; k < steps.size(); ++k) {
      Number* const before = k == 0 ? nullptr : outputs_.back();
      outputs_.push_back(has_output(steps, k) ? scratch.tile<Number>(steps[k].width) : before);
      inverse_deviations_.push_back(is(steps, k, TrunkOperation::normalise) ? scratch.tile(1) : nullptr);
    }
    if (const std::int64_t columns = spare_columns(steps); columns > 0) spare_ = scratch.tile<Number>(columns);
  }

  /// Numbers of scratch that a trunk takes.
  static std::int64_t scratch_size(const std::vector<TrunkStep>& steps) {
    std::int64_t columns = padded(spare_columns(steps));
    for (std::size_t k = 0; k < steps.size(); ++k)
      columns +=
          (has_output(steps, k) ? padded(steps[k].width) : 0) + (is(steps, k, TrunkOperation::normalise) ? padding : 0);
    return tile_rows * columns;
  }

  /// Number of a row's activations that are kept for the update: all layers' but the first one's, which has so few
  /// inputs that recomputing it is as fast as reading it. 0 for a trunk that is more than layers and ReLUs.
  static std::int64_t hidden_size(const std::vector<TrunkStep>& steps) {
    std::int64_t columns = 0;
    for (std::size_t k = 0; k < steps.size(); ++k) {
      if (!is(steps, k, k % 2 == 0 ? TrunkOperation::linear : TrunkOperation::relu)) return 0;
      if (k > 1 && k % 2 == 1) columns += padded(steps[k].width);
    }
    return columns;
  }

  std::int64_t width() const { return steps_.back().width; }

  /// keep copies the activations of a row after `forward` to `hidden`; recall copies them back at a later time.
  void keep(std::int64_t row, Number* hidden) const {
    for (std::size_t k = 3; k < steps_.size(); hidden += row_of(k), k += 2)
      std::copy_n(outputs_[k] + row * row_of(k), row_of(k), hidden);
  }
  void recall(std::int64_t row, const Number* hidden) {
    for (std::size_t k = 3; k < steps_.size(); hidden += row_of(k), k += 2)
      std::copy_n(hidden, row_of(k), outputs_[k] + row * row_of(k));
  }
  /// The features that `forward` would return, for recalled rows.
  const Number* recalled_features(Tile<Number> input, std::int64_t rows) {
    apply_relu(layers_[0], input, rows, outputs_[1]);
    return outputs_.back();
  }

  /// The features of a tile: [rows, padded(width)].
  const Number* forward(Tile<Number> input, std::int64_t rows) {
    const Number* branch = nullptr;
    auto layer = layers_.begin();
    for (std::size_t k = 0; k < steps_.size(); ++k) {
      const Tile<Number> x = k == 0 ? input : Tile<Number>{outputs_[k - 1], row_of(k - 1)};
      switch (steps_[k].operation) {
        case TrunkOperation::linear:
          if (is(steps_, k + 1, TrunkOperation::relu))
            apply_relu(*layer, x, rows, outputs_[++k]);
          else if (is(steps_, k + 1, TrunkOperation::add))
            apply(*layer, x, rows, [branch, to = outputs_[++k]](std::int64_t at, Floats sums) {
              store_floats(load_floats(branch + at) + sums, to + at);
            });
          else
            apply(*layer, x, rows, [to = outputs_[k]](std::int64_t at, Floats sums) { store_floats(sums, to + at); });
          ++layer;
          break;
        case TrunkOperation::relu:
          for_each_vector(
              k, rows, [&](std::int64_t at) { return positive_part(load_floats(x.at + at)); }, outputs_[k]);
          break;
        case TrunkOperation::normalise:
          normalise(x.at, rows, k);
          break;
        case TrunkOperation::branch:
          branch = x.at;
          break;
        case TrunkOperation::add:
          for_each_vector(
              k, rows, [&](std::int64_t at) { return load_floats(branch + at) + load_floats(x.at + at); }, outputs_[k]);
          break;
      }
    }
    return outputs_.back();
  }

  /// Adds the tile's share to the gradients. derivative: by the features before their ReLU, [rows, padded(width)]; it
  /// is overwritten. other: a second buffer of this size.
  void backward(const Number* input, std::int64_t rows, Number* derivative, Number* other,
                AlongRows<Number> room) const {
    Number* by = derivative;      // the derivative by the present x
    Number* by_branch = nullptr;  // between an addition and its branch, that by the branch
    const auto free_buffer = [&] {
      for (Number* buffer : {derivative, other})
        if (buffer != by && buffer != by_branch) return buffer;
      return spare_;
    };
    auto layer = layers_.end();
    for (std::size_t k = steps_.size() - 1; k-- > 0;) {
      switch (steps_[k].operation) {
        case TrunkOperation::linear: {
          const Number* x = k == 0 ? input : outputs_[k - 1];
          accumulate(*--layer, by, x, rows, room);
          if (k == 0) return;
          Number* to = free_buffer();
          if (is(steps_, k - 1, TrunkOperation::relu)) {
            apply_backward(*layer, by, rows,
                           [to, x](std::int64_t at, Floats sums) { store_floats(passed_on(sums, x + at), to + at); });
            --k;
          } else {
            apply_backward(*layer, by, rows, [to](std::int64_t at, Floats sums) { store_floats(sums, to + at); });
          }
          by = to;
          break;
        }
        case TrunkOperation::relu: {
          Number* to = free_buffer();
          for_each_vector(
              k, rows, [&](std::int64_t at) { return passed_on(load_floats(by + at), outputs_[k] + at); }, to);
          by = to;
          break;
        }
        case TrunkOperation::normalise: {
          Number* to = by == by_branch ? free_buffer() : by;
          normalise_backward(by, rows, k, to);
          by = to;
          break;
        }
        case TrunkOperation::branch:
          for_each_vector(
              k, rows, [&](std::int64_t at) { return load_floats(by_branch + at) + load_floats(by + at); }, by_branch);
          by = by_branch;
          by_branch = nullptr;
          break;
        case TrunkOperation::add:
          by_branch = by;
          break;
      }
    }
  }

 private:
  static bool is(const std::vector<TrunkStep>& steps, std::size_t k, TrunkOperation operation) {
    return k < steps.size() && steps[k].operation == operation;
  }

  /// Whether step k has a tile of its own: a branch is only remembered, and a layer's sums may go on at once.
  static bool has_output(const std::vector<TrunkStep>& steps, std::size_t k) {
    if (is(steps, k, TrunkOperation::linear))
      return !is(steps, k + 1, TrunkOperation::relu) && !is(steps, k + 1, TrunkOperation::add);
    return !is(steps, k, TrunkOperation::branch);
  }

  /// Columns of the third buffer that a backward pass with branches needs; 0: none.
  static std::int64_t spare_columns(const std::vector<TrunkStep>& steps) {
    std::int64_t widest = 0;
    bool branches = false;
    for (const TrunkStep& step : steps) {
      widest = std::max(widest, step.width);
      branches = branches || step.operation == TrunkOperation::branch;
    }
    return branches ? widest : 0;
  }

  /// Numbers of a row of step k's output.
  std::int64_t row_of(std::size_t k) const { return padded(steps_[k].width); }

  /// Stores find(place) at every vector of a tile that is as wide as step k's output.
  template <class Find>
  void for_each_vector(std::size_t k, std::int64_t rows, const Find& find, Number* to) const {
    for (std::int64_t at = 0; at < rows * row_of(k); at += wide_lanes) store_floats(find(at), to + at);
  }

  /// Layer normalisation of x into the output of step k.
  void normalise(const Number* x, std::int64_t rows, std::size_t k) {
    const std::int64_t row = row_of(k);
    const std::int64_t width = steps_[k].width;
    const auto count = static_cast<float>(width);
    for (std::int64_t m = 0; m < rows; ++m) {
      const Number* numbers = x + m * row;
      Number* normal = outputs_[k] + m * row;
      const float mean = sum_of(numbers, width) / count;
      const auto distance = [=](std::int64_t n) { return to_float(numbers[n]) - mean; };
      float squares = 0.0F;
      for (std::int64_t n = 0; n < width; ++n) squares += distance(n) * distance(n);
      const float inverse = 1.0F / std::sqrt(squares / count + static_cast<float>(layer_norm_floor));
      for (std::int64_t n = 0; n < width; ++n) normal[n] = rounded_to<Number>(distance(n) * inverse);
      std::fill(normal + width, normal + row, Number{});
      inverse_deviations_[k][m] = inverse;
    }
  }

  /// From the derivative by the output of step k, a normalisation, computes that by its x.
  void normalise_backward(const Number* by_normal, std::int64_t rows, std::size_t k, Number* result) const {
    const std::int64_t row = row_of(k);
    const std::int64_t width = steps_[k].width;
    const auto count = static_cast<float>(width);
    for (std::int64_t m = 0; m < rows; ++m) {
      const Number* slope = by_normal + m * row;
      const Number* normal = outputs_[k] + m * row;
      float along = 0.0F;
      for (std::int64_t n = 0; n < width; ++n) along += to_float(slope[n]) * to_float(normal[n]);
      const float mean = sum_of(slope, width) / count;
      along /= count;
      for (std::int64_t n = 0; n < width; ++n)
        result[m * row + n] =
            rounded_to<Number>(inverse_deviations_[k][m] * (to_float(slope[n]) - mean - to_float(normal[n]) * along));
    }
  }

  const std::vector<TrunkStep>& steps_;
  const std::vector<Layer<Number>>& layers_;
  std::vector<Number*> outputs_;            ///< x after each step
  std::vector<float*> inverse_deviations_;  ///< of the normalisations' rows
  Number* spare_ = nullptr;
};

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
