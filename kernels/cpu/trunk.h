// Trunk: forward and backward passes of a network's hidden layers on a tile of rows that stays in the caches.
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

/// The epsilon by which torch's layer_norm guards against small variances.
inline constexpr float layer_norm_floor = 1e-5F;

/// A layer's packed parameters and its gradients.
struct Layer {
  std::int64_t inputs;
  std::int64_t outputs;
  const float* transposed = nullptr;  ///< [inputs, padded(outputs)]; null: the layer has no weight
  const float* weight = nullptr;      ///< [outputs, padded(inputs)]
  const float* bias = nullptr;        ///< [padded(outputs)]
  float* weight_gradient = nullptr;   ///< [outputs, padded(inputs)]
  float* bias_gradient = nullptr;     ///< [padded(outputs)]

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

  /// Takes a tile of rows of `columns` columns, padded.
  float* tile(std::int64_t columns) {
    float* numbers = numbers_ + taken_;
    taken_ += tile_rows * padded(columns);
    return numbers;
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

/// A tile of rows: [rows, row], of which a layer reads the first columns.
struct Tile {
  const float* at;
  std::int64_t row;
};

[[gnu::always_inline]] inline Floats positive_part(Floats x) { return x < 0.0F ? Floats{} : x; }
/// ReLU's backward pass: x where the activation was positive, else 0.
[[gnu::always_inline]] inline Floats passed_on(Floats x, const float* activation) {
  return load_floats(activation) <= 0.0F ? Floats{} : x;  // NaN passes, in the forward pass and here
}

/// Calls take(place, sum) for every vector of a layer's outputs, place = m * output_row + n.
template <class Take>
void apply(const Layer& layer, Tile input, std::int64_t rows, Take take) {
  const std::int64_t row = layer.output_row();
  const float* bias = layer.bias;
  multiply({input.at, input.row, 1}, {layer.transposed, row}, rows, row, layer.inputs,
           [=](std::int64_t m, std::int64_t n, Floats sums) { take(m * row + n, sums + load_floats(bias + n)); });
}

inline void apply_relu(const Layer& layer, Tile input, std::int64_t rows, float* output) {
  apply(layer, input, rows, [=](std::int64_t at, Floats sums) { store_floats(positive_part(sums), output + at); });
}

/// Calls take(place, sum) for every vector of the derivatives by a layer's inputs, place = m * input_row + n.
template <class Take>
void apply_backward(const Layer& layer, const float* derivative, std::int64_t rows, Take take) {
  const std::int64_t row = layer.input_row();
  multiply({derivative, layer.output_row(), 1}, {layer.weight, row}, rows, row, layer.outputs,
           [=](std::int64_t m, std::int64_t n, Floats sums) { take(m * row + n, sums); });
}

/// Adds a tile's share to a layer's gradient. derivative: by the layer's outputs. input: the layer's input, padded.
inline void accumulate(const Layer& layer, const float* derivative, const float* input, std::int64_t rows) {
  const auto add = [](float* to, Floats sums) { store_floats(load_floats(to) + sums, to); };
  const std::int64_t input_row = layer.input_row();
  const std::int64_t output_row = layer.output_row();
  float* weight = layer.weight_gradient;
  if (layer.weight != nullptr)
    multiply({derivative, 1, output_row}, {input, input_row}, layer.outputs, input_row, rows,
             [=](std::int64_t m, std::int64_t n, Floats sums) { add(weight + m * input_row + n, sums); });
  for (std::int64_t n = 0; n < output_row; n += wide_lanes) {
    Floats sums = {};
    for (std::int64_t m = 0; m < rows; ++m) sums += load_floats(derivative + m * output_row + n);
    add(layer.bias_gradient + n, sums);
  }
}

inline float sum_of(const float* numbers, std::int64_t count) {
  float sum = 0.0F;
  for (std::int64_t k = 0; k < count; ++k) sum += numbers[k];
  return sum;
}

/// Layers with the activations that a tile's forward pass keeps for the backward pass.
class Trunk {
 public:
  Trunk(const std::vector<Layer>& layers, bool residual, Scratch& scratch) : layers_(layers), residual_(residual) {
    for (const Layer& layer : layers) outputs_.push_back(scratch.tile(layer.outputs));
    for (std::size_t k = 0; residual && k <= blocks(); ++k) {
      normals_.push_back(scratch.tile(width()));
      inverse_deviations_.push_back(scratch.tile(1));
    }
  }

  /// Numbers of scratch that a trunk takes.
  static std::int64_t scratch_size(const std::vector<LayerPlan>& layers, bool residual) {
    std::int64_t columns = 0;
    for (const LayerPlan& layer : layers) columns += padded(layer.outputs) * (residual ? 2 : 1) + padding;
    return tile_rows * (columns + (residual ? 2 * padded(layers.back().outputs) + padding : 0));
  }

  /// Number of a row's activations that are kept for the update: all layers' but the first one's, which has so few
  /// inputs that recomputing it is as fast as reading it. 0 for a residual trunk, which overwrites its sums.
  static std::int64_t hidden_size(const std::vector<LayerPlan>& layers, bool residual) {
    std::int64_t columns = 0;
    for (std::size_t k = 1; k < layers.size(); ++k) columns += padded(layers[k].outputs);
    return residual ? 0 : columns;
  }

  std::int64_t width() const { return layers_.back().outputs; }

  /// keep copies the activations of a row after `forward` to `hidden`; recall copies them back at a later time.
  void keep(std::int64_t row, float* hidden) const {
    for (std::size_t k = 1; k < layers_.size(); hidden += layers_[k++].output_row())
      std::copy_n(outputs_[k] + row * layers_[k].output_row(), layers_[k].output_row(), hidden);
  }
  void recall(std::int64_t row, const float* hidden) {
    for (std::size_t k = 1; k < layers_.size(); hidden += layers_[k++].output_row())
      std::copy_n(hidden, layers_[k].output_row(), outputs_[k] + row * layers_[k].output_row());
  }
  /// The features that `forward` would return, for recalled rows.
  const float* recalled_features(Tile input, std::int64_t rows) {
    apply_relu(layers_[0], input, rows, outputs_[0]);
    return outputs_.back();
  }

  /// The features of a tile: [rows, padded(width)].
  const float* forward(Tile input, std::int64_t rows) {
    if (!residual_) {
      for (std::size_t k = 0; k < layers_.size(); ++k) {
        apply_relu(layers_[k], input, rows, outputs_[k]);
        input = {outputs_[k], layers_[k].output_row()};
      }
      return outputs_.back();
    }
    float* x = outputs_[0];
    apply(layers_[0], input, rows, [=](std::int64_t at, Floats sums) { store_floats(sums, x + at); });
    for (std::size_t b = 0; b < blocks(); ++b) {
      const Layer& inner = layers_[2 * b + 1];
      normalise(x, rows, b);
      apply_relu(inner, {normals_[b], inner.input_row()}, rows, outputs_[2 * b + 1]);
      apply(layers_[2 * b + 2], {outputs_[2 * b + 1], inner.output_row()}, rows,
            [=](std::int64_t at, Floats sums) { store_floats(load_floats(x + at) + sums, x + at); });
    }
    normalise(x, rows, blocks());
    for (std::int64_t at = 0; at < rows * padded(width()); at += wide_lanes)
      store_floats(positive_part(load_floats(normals_.back() + at)), x + at);
    return x;
  }

  /// Adds the tile's share to the gradients. derivative: by the features before their ReLU, [rows, padded(width)]; it
  /// is overwritten. other: a second buffer of this size.
  void backward(const float* input, std::int64_t rows, float* derivative, float* other) const {
    if (!residual_) {
      for (std::size_t k = layers_.size(); k-- > 0;) {
        accumulate(layers_[k], derivative, k == 0 ? input : outputs_[k - 1], rows);
        if (k == 0) return;
        apply_backward(layers_[k], derivative, rows,
                       [other, activation = outputs_[k - 1]](std::int64_t at, Floats sums) {
                         store_floats(passed_on(sums, activation + at), other + at);
                       });
        std::swap(derivative, other);
      }
    }
    // Backward through the blocks: `derivative` is by the sum that all blocks add to.
    normalise_backward(derivative, rows, blocks(), derivative, false);
    for (std::size_t b = blocks(); b-- > 0;) {
      const Layer& inner = layers_[2 * b + 1];
      const Layer& outer = layers_[2 * b + 2];
      accumulate(outer, derivative, outputs_[2 * b + 1], rows);
      apply_backward(outer, derivative, rows, [other, activation = outputs_[2 * b + 1]](std::int64_t at, Floats sums) {
        store_floats(passed_on(sums, activation + at), other + at);
      });
      accumulate(inner, other, normals_[b], rows);
      float* by_normal = outputs_[2 * b + 2];
      apply_backward(inner, other, rows, [=](std::int64_t at, Floats sums) { store_floats(sums, by_normal + at); });
      normalise_backward(by_normal, rows, b, derivative, true);
    }
    accumulate(layers_[0], derivative, input, rows);
  }

 private:
  std::size_t blocks() const { return (layers_.size() - 1) / 2; }

  /// Layer normalisation of x into normals_[place].
  void normalise(const float* x, std::int64_t rows, std::size_t place) {
    const std::int64_t row = padded(width());
    const auto count = static_cast<float>(width());
    for (std::int64_t m = 0; m < rows; ++m) {
      const float* numbers = x + m * row;
      float* normal = normals_[place] + m * row;
      const float mean = sum_of(numbers, width()) / count;
      float squares = 0.0F;
      for (std::int64_t k = 0; k < width(); ++k) squares += (numbers[k] - mean) * (numbers[k] - mean);
      const float inverse = 1.0F / std::sqrt(squares / count + layer_norm_floor);
      for (std::int64_t k = 0; k < width(); ++k) normal[k] = (numbers[k] - mean) * inverse;
      std::fill(normal + width(), normal + row, 0.0F);
      inverse_deviations_[place][m] = inverse;
    }
  }

  /// From the derivative by normals_[place] computes that by `normalise`'s x; sets `result` to it, or (add) adds it.
  void normalise_backward(const float* by_normal, std::int64_t rows, std::size_t place, float* result, bool add) const {
    const std::int64_t row = padded(width());
    const auto count = static_cast<float>(width());
    for (std::int64_t m = 0; m < rows; ++m) {
      const float* slope = by_normal + m * row;
      const float* normal = normals_[place] + m * row;
      float along = 0.0F;
      for (std::int64_t k = 0; k < width(); ++k) along += slope[k] * normal[k];
      const float mean = sum_of(slope, width()) / count;
      along /= count;
      for (std::int64_t k = 0; k < width(); ++k) {
        const float own = inverse_deviations_[place][m] * (slope[k] - mean - normal[k] * along);
        result[m * row + k] = add ? result[m * row + k] + own : own;
      }
    }
  }

  const std::vector<Layer>& layers_;
  bool residual_;
  std::vector<float*> outputs_;  ///< of every layer; a residual trunk's first is the sum that all blocks add to
  std::vector<float*> normals_;  ///< every block's input; the last one holds the features before their ReLU
  std::vector<float*> inverse_deviations_;
};

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
