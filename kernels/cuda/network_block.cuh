// A network's part (fused_network.h) in a block's shared memory: the passes of a tile of rows through it and back. All
// of the block's threads call each function together.
#pragma once

#include "config/trunk.h"
#include "kernels/cuda/multiply.cuh"
#include "kernels/cuda/shared_memory.cuh"

namespace matchday::kernels {

__device__ inline float observed(const Observations& observations, std::int64_t place) {
  return observations.type == FusedNumber::float32
             ? static_cast<const float*>(observations.numbers)[place]
             : widened(static_cast<const Bfloat16*>(observations.numbers)[place]);
}

/// Calls visit(k) for the numbers below count, shared out among the block's threads.
template <class Visit>
__device__ inline void share_out(int count, const Visit& visit) {
  for (int k = static_cast<int>(threadIdx.x); k < count; k += fused_threads) visit(k);
}

__device__ inline float positive_part(float x) { return x < 0.0F ? 0.0F : x; }
/// ReLU's backward pass: x where the activation was positive, else 0. NaN passes, here and in the forward pass.
__device__ inline float passed_on(float x, float activation) { return activation <= 0.0F ? 0.0F : x; }

template <class Number>
class NetworkBlock {
 public:
  /// outside: where the gradient's sums are if the layout has no place for them.
  __device__ NetworkBlock(const FusedPlan& plan, const FusedLayout& layout, float* outside = nullptr)
      : plan_(plan),
        rows_(layout.rows),
        stride_(fused_stride(plan.columns, sizeof(Number))),
        weights_(reinterpret_cast<Number*>(shared_memory() + layout.weights)),
        biases_(reinterpret_cast<float*>(shared_memory() + layout.biases)),
        gradient_(layout.gradient < 0 ? outside : reinterpret_cast<float*>(shared_memory() + layout.gradient)),
        column_sums_(reinterpret_cast<float*>(shared_memory() + layout.column_sums)),
        tile_(reinterpret_cast<Number*>(shared_memory() + layout.tile)),
        outputs_(reinterpret_cast<float*>(shared_memory() + layout.outputs)) {}

  __device__ int rows() const { return rows_; }
  /// A row's outputs, the heads' one after the other, each padded.
  __device__ float* outputs(int row) const { return outputs_ + row * fused_stride(plan_.outputs, sizeof(float)); }
  __device__ Number* at(int row, int column) const { return tile_ + row * stride_ + column; }

  /// Copies the network's parameters, [P], into the block.
  __device__ void take_parameters(const float* parameters) const {
    for (int l = 0; l < plan_.layers; ++l) {
      const FusedLayer& layer = plan_.layer[l];
      const int stride = weight_stride(layer);
      if (layer.weight >= 0)
        share_out(fused_columns(layer.outputs) * stride / 2, [&](int k) {
          const int o = 2 * k / stride;
          const int i = 2 * k % stride;
          const auto number = [&](int column) {
            return o < layer.outputs && column < layer.inputs ? parameters[layer.weight + o * layer.inputs + column]
                                                              : 0.0F;
          };
          store_pair({number(i), number(i + 1)}, weights_ + layer.packed_weight + 2 * k);
        });
      share_out(fused_columns(layer.outputs), [&](int o) {
        biases_[layer.packed_bias + o] = o < layer.outputs ? parameters[layer.bias + o] : 0.0F;
      });
    }
    __syncthreads();
  }

  /// Copies what the network reads into the tile: sample(row) is the row's place in the observations, below 0: none.
  template <class Sample>
  __device__ void observe(const Observations& observations, const Sample& sample) const {
    for_each_pair(plan_.inputs, [&](int row, int column) {
      const std::int64_t m = sample(row);
      const auto number = [&](int d) {
        return m >= 0 && d < plan_.inputs ? observed(observations, m * plan_.inputs + d) : 0.0F;
      };
      store_pair({number(column), number(column + 1)}, at(row, column));
    });
    __syncthreads();
  }

  /// From what the network reads to the heads' outputs.
  __device__ void forward() const {
    for (int s = 0; s < plan_.steps; ++s) {
      const FusedStep& step = plan_.step[s];
      const auto put = [&](int row, int column, Pair x) {
        if (step.added >= 0) x = sum(x, load_pair(at(row, step.added + column)));
        if (step.relu) x = {positive_part(x.first), positive_part(x.second)};
        store_pair(x, at(row, step.to + column));
      };
      switch (step.operation) {
        case FusedOperation::layer: {
          const FusedLayer& layer = plan_.layer[step.layer];
          apply(layer, fused_columns(layer.outputs), step.from, put);
          break;
        }
        case FusedOperation::copy:
          for_each_pair(step.width, [&](int row, int column) { put(row, column, load_pair(at(row, step.from + column))); });
          break;
        case FusedOperation::normalise:
          share_out(rows_, [&](int row) {
            const Normalised normal(*this, row, step);
            for (int column = 0; column < fused_columns(step.width); column += 2)
              put(row, column, {normal(column), normal(column + 1)});
          });
          break;
      }
      __syncthreads();
    }
    const auto put = [&](int row, int column, Pair x) { store_pair(x, outputs(row) + column); };
    apply(heads(), plan_.weighted_outputs, plan_.features, put);
    const int without_weight = plan_.outputs - plan_.weighted_outputs;
    share_out(rows_ * without_weight, [&](int k) {
      const int column = plan_.weighted_outputs + k % without_weight;
      outputs(k / without_weight)[column] = biases_[heads().packed_bias + column];
    });
    __syncthreads();
  }

  /// Clears the gradient's sums.
  __device__ void clear_gradient() const {
    share_out(plan_.gradients, [&](int k) { gradient_[k] = 0.0F; });
    share_out(plan_.columns, [&](int k) { column_sums_[k] = 0.0F; });
    __syncthreads();
  }

  /// Clears the derivatives by the heads' outputs, for rows without a sample and for columns that pad.
  __device__ void clear_derivatives() const {
    for_each_pair(plan_.outputs,
                  [&](int row, int column) { store_pair({0.0F, 0.0F}, at(row, heads().derivative + column)); });
    __syncthreads();
  }

  /// From the derivatives by the heads' outputs, which are in the tile, back to the layers: adds the tile's share to
  /// the gradient's sums.
  __device__ void backward() const {
    const bool features_after_relu = plan_.step[plan_.steps - 1].relu;
    learn(heads(), plan_.weighted_outputs, plan_.features);
    propagate(heads(), plan_.weighted_outputs, {plan_.features, features_after_relu, -1});
    for (int s = plan_.steps - 1; s >= 0; --s) {
      const FusedStep& step = plan_.step[s];
      const Replaced x{step.from, step.after_relu, step.branched};
      switch (step.operation) {
        case FusedOperation::layer: {
          const FusedLayer& layer = plan_.layer[step.layer];
          learn(layer, fused_columns(layer.outputs), step.from);
          if (s > 0) propagate(layer, fused_columns(layer.outputs), x);
          break;
        }
        case FusedOperation::copy:
          for_each_pair(step.width, [&](int row, int column) { replace(x, row, column, load_pair(at(row, step.to + column))); });
          break;
        case FusedOperation::normalise:
          share_out(rows_, [&](int row) { normalise_backward(x, row, step); });
          break;
      }
      __syncthreads();
    }
    // The derivatives by all layers' outputs, hence by their biases, are where the results were.
    const int first = fused_columns(plan_.inputs);
    share_out((plan_.columns - first) / 2, [&](int k) {
      const int column = first + 2 * k;
      Pair sums{0.0F, 0.0F};
      for (int row = 0; row < rows_; ++row) sums = sum(sums, load_pair(at(row, column)));
      column_sums_[column] += sums.first;
      column_sums_[column + 1] += sums.second;
    });
    __syncthreads();
  }

  /// Writes the gradient's sums where the layers' parameters are in a flat gradient, [P].
  __device__ void give_gradient(float* gradient) const {
    for (int l = 0; l < plan_.layers; ++l) {
      const FusedLayer& layer = plan_.layer[l];
      const int stride = gradient_stride(layer);
      if (layer.weight >= 0)
        share_out(layer.outputs * layer.inputs, [&](int k) {
          gradient[layer.weight + k] = gradient_[layer.gradient + k / layer.inputs * stride + k % layer.inputs];
        });
      share_out(layer.outputs, [&](int o) { gradient[layer.bias + o] = column_sums_[layer.derivative + o]; });
    }
  }

 private:
  static __device__ Pair sum(Pair a, Pair b) { return {a.first + b.first, a.second + b.second}; }
  static __device__ int weight_stride(const FusedLayer& layer) {
    return fused_stride(fused_columns(layer.inputs), sizeof(Number));
  }
  static __device__ int gradient_stride(const FusedLayer& layer) {
    return fused_gradient_stride(fused_columns(layer.inputs));
  }

  /// The first of the heads; their packed numbers follow each other like one layer's.
  __device__ const FusedLayer& heads() const { return plan_.layer[plan_.layers - plan_.heads]; }

  template <class Visit>
  __device__ void for_each_pair(int width, const Visit& visit) const {
    const int pairs = fused_columns(width) / 2;
    share_out(rows_ * pairs, [&](int k) { visit(k / pairs, 2 * (k % pairs)); });
  }

  /// Calls take(row, column, pair) with a layer's outputs for the x at `from`.
  template <class Take>
  __device__ void apply(const FusedLayer& layer, int outputs, int from, const Take& take) const {
    const Factor<Number, false> x{at(0, from), stride_};
    const Factor<Number, true> weight{weights_ + layer.packed_weight, weight_stride(layer)};
    const float* bias = biases_ + layer.packed_bias;
    multiply<2>(rows_, outputs, fused_columns(layer.inputs), x, weight,
                [&](int row, int column, Pair product) { take(row, column, sum(product, load_pair(bias + column))); });
  }

  /// Adds a layer's share to the sums, of the derivative by its outputs and the x at `from`.
  __device__ void learn(const FusedLayer& layer, int outputs, int from) const {
    const Factor<Number, true> derivative{at(0, layer.derivative), stride_};
    const Factor<Number, false> x{at(0, from), stride_};
    float* gradient = gradient_ + layer.gradient;
    const int stride = gradient_stride(layer);
    multiply<1>(outputs, fused_columns(layer.inputs), rows_, derivative, x, [&](int row, int column, Pair share) {
      float* sums = gradient + row * stride + column;
      store_pair(sum(load_pair(sums), share), sums);
    });
    __syncthreads();
  }

  /// An x in the tile that the derivative by it replaces.
  struct Replaced {
    int from;
    bool after_relu;
    int branched;  ///< columns of a further share of the derivative; -1: none
  };
  __device__ void replace(const Replaced& x, int row, int column, Pair derivative) const {
    if (x.branched >= 0) derivative = sum(derivative, load_pair(at(row, x.branched + column)));
    Number* place = at(row, x.from + column);
    if (x.after_relu) {
      const Pair activation = load_pair(place);
      derivative = {passed_on(derivative.first, activation.first), passed_on(derivative.second, activation.second)};
    }
    store_pair(derivative, place);
  }

  /// From the derivative by a layer's outputs to that by its x.
  __device__ void propagate(const FusedLayer& layer, int outputs, const Replaced& x) const {
    const Factor<Number, false> derivative{at(0, layer.derivative), stride_};
    const Factor<Number, false> weight{weights_ + layer.packed_weight, weight_stride(layer)};
    multiply<2>(rows_, fused_columns(layer.inputs), outputs, derivative, weight,
                [&](int row, int column, Pair share) { replace(x, row, column, share); });
    __syncthreads();
  }

  /// A row's layer normalisation, found again from its x whenever it is needed.
  class Normalised {
   public:
    __device__ Normalised(const NetworkBlock& block, int row, const FusedStep& step)
        : x_(block.at(row, step.from)), width_(step.width), mean_(0.0F) {
      float squares = 0.0F;
      for (int k = 0; k < width_; ++k) mean_ += widened(x_[k]);
      mean_ /= static_cast<float>(width_);
      for (int k = 0; k < width_; ++k) squares += (widened(x_[k]) - mean_) * (widened(x_[k]) - mean_);
      inverse_deviation_ = 1.0F / sqrtf(squares / static_cast<float>(width_) + static_cast<float>(layer_norm_floor));
    }
    __device__ float operator()(int k) const { return k < width_ ? (widened(x_[k]) - mean_) * inverse_deviation_ : 0.0F; }
    __device__ float inverse_deviation() const { return inverse_deviation_; }

   private:
    const Number* x_;
    int width_;
    float mean_;
    float inverse_deviation_;
  };

  __device__ void normalise_backward(const Replaced& x, int row, const FusedStep& step) const {
    const Normalised normal(*this, row, step);
    const Number* slope = at(row, step.to);
    float mean = 0.0F;
    float along = 0.0F;
    for (int k = 0; k < step.width; ++k) {
      mean += widened(slope[k]);
      along += widened(slope[k]) * normal(k);
    }
    mean /= static_cast<float>(step.width);
    along /= static_cast<float>(step.width);
    const auto derivative = [&](int k) {
      return k < step.width ? normal.inverse_deviation() * (widened(slope[k]) - mean - normal(k) * along) : 0.0F;
    };
    for (int k = 0; k < fused_columns(step.width); k += 2) replace(x, row, k, {derivative(k), derivative(k + 1)});
  }

  const FusedPlan& plan_;
  int rows_;
  int stride_;
  Number* weights_;
  float* biases_;
  float* gradient_;
  float* column_sums_;
  Number* tile_;
  float* outputs_;
};

}  // namespace matchday::kernels
