// Networks on the CPU (network_kernels.h). This file is compiled once for each instruction set.
#include "kernels/cpu/network_kernels.h"

#include <optional>

#include "kernels/cpu/trunk.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {
namespace {

/// Calls visit for every layer that there is, always in the same order.
template <class Visit>
void for_each_layer(const NetworkPlan& plan, const Visit& visit) {
  for (const LayerPlan& layer : plan.trunk.layers) visit(layer);
  visit(plan.mean);
  visit(plan.log_std_raw);
  for (const LayerPlan& layer : plan.critic.layers) visit(layer);
  if (plan.value.bias >= 0) visit(plan.value);
}

std::int64_t weight_size(const LayerPlan& plan) { return plan.weight < 0 ? 0 : plan.outputs * padded(plan.inputs); }
std::int64_t transposed_size(const LayerPlan& plan) { return plan.weight < 0 ? 0 : plan.inputs * padded(plan.outputs); }

std::int64_t gradient_size(const NetworkPlan& plan) {
  std::int64_t size = 0;
  for_each_layer(plan, [&](const LayerPlan& layer) { size += weight_size(layer) + padded(layer.outputs); });
  return size;
}

std::int64_t packed_size(const NetworkPlan& plan) {
  std::int64_t size = gradient_size(plan);
  for_each_layer(plan, [&](const LayerPlan& layer) { size += transposed_size(layer); });
  return size;
}

void pack(const NetworkPlan& plan, const float* parameters, float* packed) {
  std::fill_n(packed, packed_size(plan), 0.0F);
  for_each_layer(plan, [&](const LayerPlan& layer) {
    if (layer.weight >= 0) {
      const float* weight = parameters + layer.weight;
      for (std::int64_t o = 0; o < layer.outputs; ++o)
        std::copy_n(weight + o * layer.inputs, layer.inputs, packed + o * padded(layer.inputs));
      packed += weight_size(layer);
      for (std::int64_t i = 0; i < layer.inputs; ++i)
        for (std::int64_t o = 0; o < layer.outputs; ++o)
          packed[i * padded(layer.outputs) + o] = weight[o * layer.inputs + i];
      packed += transposed_size(layer);
    }
    std::copy_n(parameters + layer.bias, layer.outputs, packed);
    packed += padded(layer.outputs);
  });
}

void add_gradient(const NetworkPlan& plan, const float* gradient, float* flat) {
  for_each_layer(plan, [&](const LayerPlan& layer) {
    for (std::int64_t o = 0; layer.weight >= 0 && o < layer.outputs; ++o)
      for (std::int64_t i = 0; i < layer.inputs; ++i)
        flat[layer.weight + o * layer.inputs + i] += gradient[o * padded(layer.inputs) + i];
    gradient += weight_size(layer);
    for (std::int64_t o = 0; o < layer.outputs; ++o) flat[layer.bias + o] += gradient[o];
    gradient += padded(layer.outputs);
  });
}

/// A network with its packed parameters.
struct PackedNetwork {
  std::vector<Layer> layers;
  Layer mean;
  Layer log_std_raw;
  std::vector<Layer> critic_layers;
  Layer value;
};

/// gradient: the buffer of a piece's gradient, or null.
PackedNetwork unpacked(const NetworkPlan& plan, const float* packed, float* gradient) {
  const auto next = [&](const LayerPlan& of) {
    Layer layer{of.inputs, of.outputs};
    if (of.weight >= 0) {
      layer.weight = packed;
      layer.transposed = packed + weight_size(of);
      packed += weight_size(of) + transposed_size(of);
    }
    layer.bias = packed;
    packed += padded(of.outputs);
    if (gradient != nullptr) {
      layer.weight_gradient = gradient;
      layer.bias_gradient = gradient + weight_size(of);
      gradient = layer.bias_gradient + padded(of.outputs);
    }
    return layer;
  };
  PackedNetwork network;
  for (const LayerPlan& layer : plan.trunk.layers) network.layers.push_back(next(layer));
  network.mean = next(plan.mean);
  network.log_std_raw = next(plan.log_std_raw);
  for (const LayerPlan& layer : plan.critic.layers) network.critic_layers.push_back(next(layer));
  if (plan.value.bias >= 0) network.value = next(plan.value);
  return network;
}

int widest_layer(const NetworkPlan& plan) {
  int widest = 0;
  for_each_layer(plan, [&](const LayerPlan& layer) { widest = std::max(widest, layer.outputs); });
  return widest;
}

thread_local Scratch scratch;

/// Size of the scratch for a forward and a backward pass.
std::int64_t scratch_size(const NetworkPlan& plan) {
  const int widest = std::max(plan.inputs, widest_layer(plan));
  return TrunkPass::scratch_size(plan.trunk.steps) + TrunkPass::scratch_size(plan.critic.steps) +
         11 * tile_rows * padded(widest);
}

/// Calls go(m, rows) for tiles of the rows first .. last - 1.
template <class Go>
void in_tiles(std::int64_t first, std::int64_t last, const Go& go) {
  for (std::int64_t m = first; m < last; m += tile_rows) go(m, std::min(tile_rows, last - m));
}

/// A head's outputs for a tile: [rows, output_row].
void apply_head(const Layer& head, const float* features, std::int64_t features_row, std::int64_t rows, float* to) {
  if (head.outputs == 1) {  // all numbers of a vector but one would be padding
    for (std::int64_t m = 0; m < rows; ++m) {
      Floats sums[padding / wide_lanes] = {};
      for (std::int64_t k = 0; k < features_row; k += padding)
        for (int n = 0; n < padding; n += wide_lanes) {
          Floats& sum = sums[n / wide_lanes];
          sum = multiply_add(load_floats(features + m * features_row + k + n), load_floats(head.weight + k + n), sum);
        }
      to[m * padding] = head.bias[0] + sum_of(sums);
    }
    return;
  }
  if (head.weight != nullptr) {
    apply(head, {features, features_row}, rows, [=](std::int64_t at, Floats sums) { store_floats(sums, to + at); });
    return;
  }
  for (std::int64_t m = 0; m < rows; ++m) std::copy_n(head.bias, head.output_row(), to + m * head.output_row());
}

std::int64_t hidden_size(const NetworkPlan& plan) { return TrunkPass::hidden_size(plan.trunk.steps); }

void decide(const NetworkPlan& plan, const float* packed, const float* observation, std::int64_t rows, float* mean,
            float* log_std, float* hidden) {
  const PackedNetwork network = unpacked(plan, packed, nullptr);
  scratch.prepare(scratch_size(plan));
  TrunkPass trunk(plan.trunk.steps, network.layers, scratch);
  const std::int64_t row = network.mean.output_row();
  float* outputs = scratch.tile(plan.outputs);
  const auto write = [&](const Layer& head, const float* features, std::int64_t m, std::int64_t count, float* to,
                         const auto& shape) {
    apply_head(head, features, padded(trunk.width()), count, outputs);
    for (std::int64_t at = 0; at < count * row; at += wide_lanes)
      store_floats(shape(WideFloat(load_floats(outputs + at))).value.v, outputs + at);
    for (std::int64_t k = 0; k < count; ++k) std::copy_n(outputs + k * row, plan.outputs, to + (m + k) * plan.outputs);
  };
  in_tiles(0, rows, [&](std::int64_t m, std::int64_t count) {
    const float* features = trunk.forward({observation + m * plan.inputs, plan.inputs}, count);
    write(network.mean, features, m, count, mean, [&](WideFloat output) { return mean_of(plan.head, output); });
    write(network.log_std_raw, features, m, count, log_std,
          [&](WideFloat output) { return log_std_of(plan.head, output); });
    for (std::int64_t k = 0; hidden != nullptr && k < count; ++k) trunk.keep(k, hidden + (m + k) * hidden_size(plan));
  });
}

void predict_values(const NetworkPlan& plan, const float* packed, const float* observation, std::int64_t rows,
                    float* value) {
  const PackedNetwork network = unpacked(plan, packed, nullptr);
  scratch.prepare(scratch_size(plan));
  TrunkPass trunk(plan.critic.steps, network.critic_layers, scratch);
  float* outputs = scratch.tile(1);
  in_tiles(0, rows, [&](std::int64_t m, std::int64_t count) {
    const float* features = trunk.forward({observation + m * plan.inputs, plan.inputs}, count);
    apply_head(network.value, features, padded(trunk.width()), count, outputs);
    for (std::int64_t k = 0; k < count; ++k) value[m + k] = outputs[k * padding];
  });
}

void policy_loss_at_heads(const LossOptions& options, const HeadPlan& head, const HeadArrays& arrays,
                          std::int64_t first, std::int64_t last) {
  std::int64_t m = first;
  for (; m + wide_lanes <= last; m += wide_lanes) policy_loss_of_rows<WideFloat>(options, head, arrays, m);
  for (; m < last; ++m) policy_loss_of_rows<float>(options, head, arrays, m);
}

/// The forward and backward pass of a tile of samples.
class LossPass {
 public:
  LossPass(const NetworkPlan& plan, const PackedNetwork& network, const LossOptions& options, const LossArrays& arrays,
           float* metrics)
      : plan_(plan),
        network_(network),
        options_(options),
        arrays_(arrays),
        metrics_(metrics),
        policy_(plan.trunk.steps, network.layers, scratch),
        hidden_size_(hidden_size(plan)),
        observation_(scratch.tile(plan.inputs)),
        pre_squash_(scratch.tile(plan.outputs)),
        teacher_(scratch.tile(plan.outputs)),
        log_prob_(scratch.tile(1)),
        advantage_(scratch.tile(1)),
        mean_(scratch.tile(plan.outputs)),
        log_std_raw_(scratch.tile(plan.outputs)),
        d_mean_(scratch.tile(plan.outputs)),
        d_log_std_raw_(scratch.tile(plan.outputs)),
        derivative_(scratch.tile(widest_layer(plan))),
        other_(scratch.tile(widest_layer(plan))) {
    // Padding columns are zero, and nothing writes to them.
    std::fill_n(observation_, tile_rows * observation_row(), 0.0F);
    std::fill_n(d_mean_, tile_rows * output_row(), 0.0F);
    std::fill_n(d_log_std_raw_, tile_rows * output_row(), 0.0F);
  }

  /// Copies `rows` samples into the tile, from position `first` of the order on.
  void gather(std::int64_t first, std::int64_t rows) {
    rows_ = rows;
    for (std::int64_t m = 0; m < rows; ++m) {
      const std::int64_t at = source_[m] = arrays_.order == nullptr ? first + m : arrays_.order[first + m];
      std::copy_n(arrays_.observation + at * plan_.inputs, plan_.inputs, observation_ + m * observation_row());
      std::copy_n(arrays_.pre_squash + at * plan_.outputs, plan_.outputs, pre_squash_ + m * output_row());
      if (arrays_.teacher != nullptr)
        std::copy_n(arrays_.teacher + at * plan_.outputs, plan_.outputs, teacher_ + m * output_row());
      log_prob_[m] = arrays_.log_prob[at];
      advantage_[m] = arrays_.advantage[at];
      if (arrays_.hidden != nullptr) policy_.recall(m, arrays_.hidden + at * hidden_size_);
    }
  }

  /// The policy's forward pass, the loss at its heads, and the backward pass.
  void learn_policy() {
    const Tile seen{observation_, observation_row()};
    const float* features =
        arrays_.hidden != nullptr ? policy_.recalled_features(seen, rows_) : policy_.forward(seen, rows_);
    apply_head(network_.mean, features, padded(policy_.width()), rows_, mean_);
    apply_head(network_.log_std_raw, features, padded(policy_.width()), rows_, log_std_raw_);
    const HeadArrays heads{rows_,
                           plan_.outputs,
                           output_row(),
                           mean_,
                           log_std_raw_,
                           pre_squash_,
                           log_prob_,
                           advantage_,
                           d_mean_,
                           d_log_std_raw_,
                           row_metrics_,
                           arrays_.teacher == nullptr ? nullptr : teacher_,
                           arrays_.teacher_weight};
    policy_loss_at_heads(options_, plan_.head, heads, 0, rows_);
    for (std::int64_t m = 0; m < rows_; ++m)
      for (int f = 0; f < loss_metrics; ++f) metrics_[f] += row_metrics_[m * loss_metrics + f];

    accumulate(network_.mean, d_mean_, features, rows_);
    accumulate(network_.log_std_raw, d_log_std_raw_, features, rows_);
    apply_backward(network_.mean, d_mean_, rows_,
                   [to = derivative_](std::int64_t at, Floats sums) { store_floats(sums, to + at); });
    if (network_.log_std_raw.weight != nullptr)
      apply_backward(network_.log_std_raw, d_log_std_raw_, rows_, [to = derivative_](std::int64_t at, Floats sums) {
        store_floats(load_floats(to + at) + sums, to + at);
      });
    for (std::int64_t at = 0; at < rows_ * padded(policy_.width()); at += wide_lanes)
      store_floats(passed_on(load_floats(derivative_ + at), features + at), derivative_ + at);
    policy_.backward(observation_, rows_, derivative_, other_);
  }

  /// The critic's forward pass, its squared error, and the backward pass.
  void learn_critic(TrunkPass& critic) {
    const float* features = critic.forward({observation_, observation_row()}, rows_);
    float* value = mean_;  // the policy's pass no longer needs these two
    float* d_value = log_prob_;
    apply_head(network_.value, features, padded(critic.width()), rows_, value);
    std::fill_n(d_value, tile_rows * padding, 0.0F);
    const float scale = 1.0F / *arrays_.variance;
    for (std::int64_t m = 0; m < rows_; ++m) {
      const float error = value[m * padding] - arrays_.target[source_[m]];
      d_value[m * padding] = 2.0F * error * scale * options_.value_weight * options_.weight;
      metrics_[value_error_metric] += error * error * scale;
      metrics_[loss_metric] += error * error * scale * options_.value_weight * options_.weight;
    }
    accumulate(network_.value, d_value, features, rows_);
    apply_backward(network_.value, d_value, rows_, [features, to = derivative_](std::int64_t at, Floats sums) {
      store_floats(passed_on(sums, features + at), to + at);
    });
    critic.backward(observation_, rows_, derivative_, other_);
  }

 private:
  std::int64_t observation_row() const { return padded(plan_.inputs); }
  std::int64_t output_row() const { return padded(plan_.outputs); }

  const NetworkPlan& plan_;
  const PackedNetwork& network_;
  const LossOptions& options_;
  const LossArrays& arrays_;
  float* metrics_;
  TrunkPass policy_;
  std::int64_t hidden_size_;
  std::int64_t rows_ = 0;
  std::int64_t source_[tile_rows];  ///< indices of the rows' samples
  float* observation_;              ///< [rows, padded(D)]
  float* pre_squash_;               ///< [rows, padded(K)], like the outputs and their derivatives
  float* teacher_;                  ///< [rows, padded(K)]
  float* log_prob_;                 ///< [rows]
  float* advantage_;                ///< [rows]
  float* mean_;
  float* log_std_raw_;
  float* d_mean_;
  float* d_log_std_raw_;
  float row_metrics_[tile_rows * loss_metrics];
  float* derivative_;  ///< by the features, [rows, padded(width)]
  float* other_;
};

void loss_gradient(const NetworkPlan& plan, const float* packed, const LossOptions& options, const LossArrays& arrays,
                   std::int64_t first, std::int64_t last, float* gradient, float* metrics) {
  std::fill_n(gradient, gradient_size(plan), 0.0F);
  std::fill_n(metrics, static_cast<int>(loss_metrics), 0.0F);
  const PackedNetwork network = unpacked(plan, packed, gradient);
  scratch.prepare(scratch_size(plan));
  LossPass pass(plan, network, options, arrays, metrics);
  std::optional<TrunkPass> critic;
  if (arrays.target != nullptr) critic.emplace(plan.critic.steps, network.critic_layers, scratch);
  in_tiles(first, last, [&](std::int64_t from, std::int64_t rows) {
    pass.gather(from, rows);
    pass.learn_policy();
    if (critic) pass.learn_critic(*critic);
  });
}

}  // namespace

extern const NetworkKernels network_kernels_of_this_instruction_set;
const NetworkKernels network_kernels_of_this_instruction_set{
    packed_size,   gradient_size,        pack,        hidden_size, decide, predict_values,
    loss_gradient, policy_loss_at_heads, add_gradient};

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
