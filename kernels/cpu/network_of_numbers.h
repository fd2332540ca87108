// Networks on the CPU (network_kernels.h), with hidden layers of floats or of Bfloat16.
#pragma once

#include <optional>

#include "kernels/cpu/loss_pass.h"
#include "kernels/cpu/network_kernels.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

inline thread_local Scratch scratch;

/// Size of the scratch for a forward and a backward pass.
template <class Number>
std::int64_t scratch_size(const NetworkPlan& plan) {
  constexpr std::int64_t other_tiles = 15;  // of LossPass
  const int widest = std::max(plan.inputs, widest_layer(plan));
  return TrunkPass<Number>::scratch_size(plan.trunk.steps) + TrunkPass<Number>::scratch_size(plan.critic.steps) +
         other_tiles * tile_rows * padded(widest);
}

/// Calls go(m, rows) for tiles of the rows first .. last - 1.
template <class Go>
void in_tiles(std::int64_t first, std::int64_t last, const Go& go) {
  for (std::int64_t m = first; m < last; m += tile_rows) go(m, std::min(tile_rows, last - m));
}

template <class Number>
std::int64_t hidden_size(const NetworkPlan& plan) {
  return TrunkPass<Number>::hidden_size(plan.trunk.steps);
}

/// A trunk's forward pass over rows of observations, float32 [rows, D], whose features are told in float32.
template <class Number>
class ForwardPass {
 public:
  ForwardPass(int inputs, const std::vector<TrunkStep>& steps, const std::vector<Layer<Number>>& layers)
      : inputs_(inputs), trunk_(steps, layers, scratch) {
    if constexpr (!std::is_same_v<Number, float>) {
      features_ = scratch.tile(trunk_.width());
      rounded_ = scratch.tile<Number>(inputs);
      std::fill_n(rounded_, tile_rows * padded(inputs), Number{});  // padding columns stay zero
    }
  }

  /// Of rows m .. m + count - 1: [count, padded(width)].
  const float* features(const float* observation, std::int64_t m, std::int64_t count) {
    return as_floats(trunk_.forward(seen(observation + m * inputs_, count), count), count, padded(width()), features_);
  }
  std::int64_t width() const { return trunk_.width(); }
  const TrunkPass<Number>& trunk() const { return trunk_; }

 private:
  /// Observations in the layers' numbers: where they are, or rounded.
  Tile<Number> seen(const float* from, [[maybe_unused]] std::int64_t count) const {
    if constexpr (std::is_same_v<Number, float>) {
      return {from, inputs_};
    } else {
      const std::int64_t row = padded(inputs_);
      for (std::int64_t k = 0; k < count; ++k)
        for (std::int64_t d = 0; d < inputs_; ++d) rounded_[k * row + d] = rounded_to<Number>(from[k * inputs_ + d]);
      return {rounded_, row};
    }
  }

  std::int64_t inputs_;
  TrunkPass<Number> trunk_;
  float* features_ = nullptr;  ///< room for those that are not float32
  Number* rounded_ = nullptr;  ///< room for observations
};

template <class Number>
void decide(const NetworkPlan& plan, const float* packed, const float* observation, std::int64_t rows, float* mean,
            float* log_std, void* hidden) {
  const PackedNetwork<Number> network = unpacked<Number>(plan, packed, nullptr);
  scratch.prepare(scratch_size<Number>(plan));
  ForwardPass<Number> pass(plan.inputs, plan.trunk.steps, network.layers);
  const std::int64_t row = network.mean.output_row();
  float* outputs = scratch.tile(plan.outputs);
  const auto write = [&](const Layer<float>& head, const float* features, std::int64_t m, std::int64_t count, float* to,
                         const auto& shape) {
    apply_head(head, features, padded(pass.width()), count, outputs);
    for (std::int64_t at = 0; at < count * row; at += wide_lanes)
      store_floats(shape(WideFloat(load_floats(outputs + at))).value.v, outputs + at);
    for (std::int64_t k = 0; k < count; ++k) std::copy_n(outputs + k * row, plan.outputs, to + (m + k) * plan.outputs);
  };
  in_tiles(0, rows, [&](std::int64_t m, std::int64_t count) {
    const float* const features = pass.features(observation, m, count);
    write(network.mean, features, m, count, mean, [&](WideFloat output) { return mean_of(plan.head, output); });
    write(network.log_std_raw, features, m, count, log_std,
          [&](WideFloat output) { return log_std_of(plan.head, output); });
    for (std::int64_t k = 0; hidden != nullptr && k < count; ++k)
      pass.trunk().keep(k, static_cast<Number*>(hidden) + (m + k) * hidden_size<Number>(plan));
  });
}

template <class Number>
void predict_values(const NetworkPlan& plan, const float* packed, const float* observation, std::int64_t rows,
                    float* value) {
  const PackedNetwork<Number> network = unpacked<Number>(plan, packed, nullptr);
  scratch.prepare(scratch_size<Number>(plan));
  ForwardPass<Number> pass(plan.inputs, plan.critic.steps, network.critic_layers);
  float* outputs = scratch.tile(1);
  in_tiles(0, rows, [&](std::int64_t m, std::int64_t count) {
    const float* const features = pass.features(observation, m, count);
    apply_head(network.value, features, padded(pass.width()), count, outputs);
    for (std::int64_t k = 0; k < count; ++k) value[m + k] = outputs[k * padding];
  });
}

template <class Number>
void loss_gradient(const NetworkPlan& plan, const float* packed, const LossOptions& options, const LossArrays& arrays,
                   std::int64_t first, std::int64_t last, float* gradient, float* metrics) {
  std::fill_n(gradient, gradient_size<Number>(plan), 0.0F);
  std::fill_n(metrics, static_cast<int>(loss_metrics), 0.0F);
  const PackedNetwork<Number> network = unpacked<Number>(plan, packed, gradient);
  scratch.prepare(scratch_size<Number>(plan));
  LossPass<Number> pass(plan, network, options, arrays, metrics, scratch);
  std::optional<TrunkPass<Number>> critic;
  if (arrays.target != nullptr) critic.emplace(plan.critic.steps, network.critic_layers, scratch);
  in_tiles(first, last, [&](std::int64_t from, std::int64_t rows) {
    pass.gather(from, rows);
    pass.learn_policy();
    if (critic) pass.learn_critic(*critic);
  });
}

template <class Number>
constexpr NetworkKernels network_kernels{packed_size<Number>,   gradient_size<Number>, pack<Number>,
                                         hidden_size<Number>,   decide<Number>,        predict_values<Number>,
                                         loss_gradient<Number>, policy_loss_at_heads,  add_gradient<Number>};

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
