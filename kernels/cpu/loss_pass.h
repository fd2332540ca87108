// The forward and backward pass of a network for a loss, on a tile of samples.
#pragma once

#include "kernels/cpu/packed_layers.h"
#include "kernels/policy_loss.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// A head's outputs for a tile: [rows, output_row].
inline void apply_head(const Layer<float>& head, const float* features, std::int64_t features_row, std::int64_t rows,
                       float* to) {
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
    apply(head, Tile<float>{features, features_row}, rows,
          [=](std::int64_t at, Floats sums) { store_floats(sums, to + at); });
    return;
  }
  for (std::int64_t m = 0; m < rows; ++m) std::copy_n(head.bias, head.output_row(), to + m * head.output_row());
}

/// A tile of features as the heads take it: itself, or widened into `to`, [rows, row].
inline const float* as_floats(const float* features, std::int64_t /*rows*/, std::int64_t /*row*/, float* /*to*/) {
  return features;
}
inline const float* as_floats(const Bfloat16* features, std::int64_t rows, std::int64_t row, float* to) {
  for (std::int64_t at = 0; at < rows * row; at += wide_lanes) store_floats(load_floats(features + at), to + at);
  return to;
}

inline void policy_loss_at_heads(const LossOptions& options, const HeadPlan& head, const HeadArrays& arrays,
                                 std::int64_t first, std::int64_t last) {
  std::int64_t m = first;
  for (; m + wide_lanes <= last; m += wide_lanes) policy_loss_of_rows<WideFloat>(options, head, arrays, m);
  for (; m < last; ++m) policy_loss_of_rows<float>(options, head, arrays, m);
}

/// The forward and backward pass of a tile of samples.
template <class Number>
class LossPass {
 public:
  LossPass(const NetworkPlan& plan, const PackedNetwork<Number>& network, const LossOptions& options,
           const LossArrays& arrays, float* metrics, Scratch& scratch)
      : plan_(plan),
        network_(network),
        options_(options),
        arrays_(arrays),
        metrics_(metrics),
        policy_(plan.trunk.steps, network.layers, scratch),
        hidden_size_(TrunkPass<Number>::hidden_size(plan.trunk.steps)),
        observation_(scratch.tile<Number>(plan.inputs)),
        pre_squash_(scratch.tile(plan.outputs)),
        teacher_(scratch.tile(plan.outputs)),
        log_prob_(scratch.tile(1)),
        advantage_(scratch.tile(1)),
        mean_(scratch.tile(plan.outputs)),
        log_std_raw_(scratch.tile(plan.outputs)),
        d_mean_(scratch.tile(plan.outputs)),
        d_log_std_raw_(scratch.tile(plan.outputs)),
        by_features_(scratch.tile(widest_layer(plan))),
        other_(scratch.tile<Number>(widest_layer(plan))) {
    if constexpr (std::is_same_v<Number, float>) {
      derivative_ = by_features_;
    } else {
      const int widest = std::max(plan.inputs, widest_layer(plan));
      features_ = scratch.tile(widest);
      derivative_ = scratch.tile<Number>(widest);
      room_ = {scratch.tile<ElementOf<Number>>(widest), scratch.tile<ElementOf<Number>>(widest)};
    }
    // Padding columns are zero, and nothing writes to them.
    std::fill_n(observation_, tile_rows * observation_row(), Number{});
    std::fill_n(d_mean_, tile_rows * output_row(), 0.0F);
    std::fill_n(d_log_std_raw_, tile_rows * output_row(), 0.0F);
  }

  /// Copies `rows` samples into the tile, from position `first` of the order on.
  void gather(std::int64_t first, std::int64_t rows) {
    rows_ = rows;
    for (std::int64_t m = 0; m < rows; ++m) {
      const std::int64_t at = source_[m] = arrays_.order == nullptr ? first + m : arrays_.order[first + m];
      std::copy_n(static_cast<const Number*>(arrays_.observation) + at * plan_.inputs, plan_.inputs,
                  observation_ + m * observation_row());
      std::copy_n(arrays_.pre_squash + at * plan_.outputs, plan_.outputs, pre_squash_ + m * output_row());
      if (arrays_.teacher != nullptr)
        std::copy_n(arrays_.teacher + at * plan_.outputs, plan_.outputs, teacher_ + m * output_row());
      log_prob_[m] = arrays_.log_prob[at];
      advantage_[m] = arrays_.advantage[at];
      if (arrays_.hidden != nullptr) policy_.recall(m, static_cast<const Number*>(arrays_.hidden) + at * hidden_size_);
    }
  }

  /// The policy's forward pass, the loss at its heads, and the backward pass.
  void learn_policy() {
    const Tile<Number> seen{observation_, observation_row()};
    const Number* const computed =
        arrays_.hidden != nullptr ? policy_.recalled_features(seen, rows_) : policy_.forward(seen, rows_);
    const float* const features = as_floats(computed, rows_, padded(policy_.width()), features_);
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

    accumulate<float>(network_.mean, d_mean_, features, rows_, {});
    accumulate<float>(network_.log_std_raw, d_log_std_raw_, features, rows_, {});
    apply_backward<float>(network_.mean, d_mean_, rows_,
                          [to = by_features_](std::int64_t at, Floats sums) { store_floats(sums, to + at); });
    if (network_.log_std_raw.weight != nullptr)
      apply_backward<float>(
          network_.log_std_raw, d_log_std_raw_, rows_,
          [to = by_features_](std::int64_t at, Floats sums) { store_floats(load_floats(to + at) + sums, to + at); });
    for (std::int64_t at = 0; at < rows_ * padded(policy_.width()); at += wide_lanes)
      store_floats(passed_on(load_floats(by_features_ + at), features + at), derivative_ + at);
    policy_.backward(observation_, rows_, derivative_, other_, room_);
  }

  /// The critic's forward pass, its squared error, and the backward pass.
  void learn_critic(TrunkPass<Number>& critic) {
    const Number* const computed = critic.forward({observation_, observation_row()}, rows_);
    const float* const features = as_floats(computed, rows_, padded(critic.width()), features_);
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
    accumulate<float>(network_.value, d_value, features, rows_, {});
    apply_backward<float>(network_.value, d_value, rows_, [features, to = derivative_](std::int64_t at, Floats sums) {
      store_floats(passed_on(sums, features + at), to + at);
    });
    critic.backward(observation_, rows_, derivative_, other_, room_);
  }

 private:
  std::int64_t observation_row() const { return padded(plan_.inputs); }
  std::int64_t output_row() const { return padded(plan_.outputs); }

  const NetworkPlan& plan_;
  const PackedNetwork<Number>& network_;
  const LossOptions& options_;
  const LossArrays& arrays_;
  float* metrics_;
  TrunkPass<Number> policy_;
  std::int64_t hidden_size_;
  std::int64_t rows_ = 0;
  std::int64_t source_[tile_rows];  ///< indices of the rows' samples
  Number* observation_;             ///< [rows, padded(D)]
  float* pre_squash_;               ///< [rows, padded(K)], like the outputs and their derivatives
  float* teacher_;                  ///< [rows, padded(K)]
  float* log_prob_;                 ///< [rows]
  float* advantage_;                ///< [rows]
  float* mean_;
  float* log_std_raw_;
  float* d_mean_;
  float* d_log_std_raw_;
  float row_metrics_[tile_rows * loss_metrics];
  float* by_features_;         ///< the derivative by the features, [rows, padded(width)]
  Number* other_;              ///< a buffer of the backward pass
  float* features_ = nullptr;  ///< the features in float32, if they are computed in something else
  Number* derivative_;         ///< by the features before their ReLU
  AlongRows<Number> room_;
};

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
