#include "kernels/fused_network.h"

#include <algorithm>
#include <limits>

namespace matchday::kernels {
namespace {

/// Lays a part of a network out.
class Layout {
 public:
  Layout(const TrunkPlan& trunk, int inputs, FusedNumber number, bool backward)
      : trunk_(trunk), number_(number), backward_(backward) {
    plan_.inputs = static_cast<std::int16_t>(inputs);
    columns_ = fused_columns(inputs);
    for (const TrunkStep& step : trunk.steps) widest_ = std::max(widest_, fused_columns(static_cast<int>(step.width)));
  }

  std::optional<FusedPlan> with_heads(std::initializer_list<LayerPlan> heads) {
    if (!fits(trunk_, heads)) return std::nullopt;
    for (std::size_t k = 0; k < trunk_.steps.size(); ++k) {
      if (is(k, TrunkOperation::branch)) {
        branch_ = from_;
        first_reader_ = plan_.steps;
        continue;
      }
      k = put_step(k);
    }
    plan_.features = static_cast<std::int16_t>(from_);
    if (!backward_) columns_ = fused_columns(plan_.inputs) + 3 * widest_;
    for (const LayerPlan& head : heads) {
      FusedLayer& layer = put_layer(head);
      layer.derivative = static_cast<std::int16_t>(columns_);
      if (backward_) columns_ += fused_columns(head.outputs);
      plan_.outputs = static_cast<std::int16_t>(plan_.outputs + fused_columns(head.outputs));
      if (head.weight >= 0) plan_.weighted_outputs = plan_.outputs;
      ++plan_.heads;
    }
    if (columns_ > std::numeric_limits<std::int16_t>::max()) return std::nullopt;
    plan_.columns = static_cast<std::int16_t>(columns_);
    return plan_;
  }

 private:
  bool is(std::size_t k, TrunkOperation operation) const {
    return k < trunk_.steps.size() && trunk_.steps[k].operation == operation;
  }

  /// Whether all numbers of columns fit into their types, and the layers into their places.
  static bool fits(const TrunkPlan& trunk, const std::vector<LayerPlan>& heads) {
    constexpr int widest = 512;
    bool fits = trunk.steps.size() <= most_fused_steps && trunk.layers.size() + heads.size() <= most_fused_layers;
    for (const LayerPlan& layer : trunk.layers) fits &= layer.inputs <= 4 * widest && layer.outputs <= widest;
    for (const LayerPlan& head : heads) fits &= head.outputs <= widest;
    return fits;
  }

  FusedLayer& put_layer(const LayerPlan& of) {
    FusedLayer& layer = plan_.layer[plan_.layers++];
    const int inputs = fused_columns(of.inputs);
    const int outputs = fused_columns(of.outputs);
    layer.inputs = static_cast<std::int16_t>(of.inputs);
    layer.outputs = static_cast<std::int16_t>(of.outputs);
    layer.weight = static_cast<std::int32_t>(of.weight);
    layer.bias = static_cast<std::int32_t>(of.bias);
    layer.packed_weight = plan_.weights;
    layer.packed_bias = plan_.biases;
    layer.gradient = plan_.gradients;
    if (of.weight >= 0) {
      plan_.weights += outputs * fused_stride(inputs, bytes_of(number_));
      plan_.gradients += outputs * fused_gradient_stride(inputs);
    }
    plan_.biases += outputs;
    return layer;
  }

  /// Columns for a result: new ones for a backward pass, else the first of three places that is not in use.
  int columns_for(int width) {
    if (backward_) {
      const int first = columns_;
      columns_ += fused_columns(width);
      return first;
    }
    int first = fused_columns(plan_.inputs);
    while (first == from_ || first == branch_) first += widest_;
    return first;
  }

  /// The step that begins with operation k of the trunk; returns its last operation.
  std::size_t put_step(std::size_t k) {
    FusedStep& step = plan_.step[plan_.steps];
    step.from = static_cast<std::int16_t>(from_);
    step.after_relu = after_relu_;
    step.width = static_cast<std::int16_t>(trunk_.steps[k].width);
    step.operation = is(k, TrunkOperation::linear)      ? FusedOperation::layer
                     : is(k, TrunkOperation::normalise) ? FusedOperation::normalise
                                                        : FusedOperation::copy;
    // Where an operation begins with an addition or a ReLU, it is a copy that these follow.
    std::size_t next = step.operation == FusedOperation::copy ? k : k + 1;
    step.to = static_cast<std::int16_t>(columns_for(step.width));
    if (is(next, TrunkOperation::add)) {
      step.added = static_cast<std::int16_t>(branch_);
      plan_.step[first_reader_].branched = step.to;
      branch_ = -1;
      ++next;
    }
    if (is(next, TrunkOperation::relu)) {
      step.relu = true;
      ++next;
    }
    if (step.operation == FusedOperation::layer) {
      step.layer = static_cast<std::int8_t>(plan_.layers);
      put_layer(trunk_.layers[static_cast<std::size_t>(plan_.layers)]).derivative = step.to;
    }
    from_ = step.to;
    after_relu_ = step.relu;
    ++plan_.steps;
    return next - 1;
  }

  const TrunkPlan& trunk_;
  FusedNumber number_;
  bool backward_;
  FusedPlan plan_;
  int widest_ = 0;   ///< of all results, padded
  int columns_ = 0;  ///< in use
  int from_ = 0;     ///< where the present x begins
  bool after_relu_ = false;
  int branch_ = -1;       ///< where the branch begins that is still to be added
  int first_reader_ = 0;  ///< the step that reads it first
};

}  // namespace

std::optional<FusedPlan> fused_policy(const NetworkPlan& network, FusedNumber number, bool backward) {
  return Layout(network.trunk, network.inputs, number, backward).with_heads({network.mean, network.log_std_raw});
}

std::optional<FusedPlan> fused_critic(const NetworkPlan& network, FusedNumber number, bool backward) {
  if (network.value.bias < 0) return FusedPlan{};
  return Layout(network.critic, network.inputs, number, backward).with_heads({network.value});
}

FusedLayout fused_layout(const FusedPlan& plan, FusedNumber number, bool backward, int most_bytes) {
  const int size = bytes_of(number);
  for (const bool outside : {false, true})
    for (const int rows : {128, 64, 32}) {
      FusedLayout layout;
      layout.rows = rows;
      const auto take = [&](int bytes) {
        const int place = layout.bytes;
        layout.bytes += (bytes + 15) / 16 * 16;
        return place;
      };
      layout.weights = take(plan.weights * size);
      layout.biases = take(plan.biases * 4);
      layout.gradient = outside ? -1 : take(backward ? plan.gradients * 4 : 0);
      layout.column_sums = take(backward ? plan.columns * 4 : 0);
      layout.tile = take(rows * fused_stride(plan.columns, size) * size);
      layout.outputs = take(rows * fused_stride(plan.outputs, 4) * 4);
      if (layout.bytes <= most_bytes) return layout;
    }
  return {};
}

}  // namespace matchday::kernels
