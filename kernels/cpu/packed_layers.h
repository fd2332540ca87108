// A network's parameters as the products of its layers take them, and back.
#pragma once

#include <type_traits>

#include "kernels/cpu/trunk.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// Calls visit.operator()<Kind> for every layer that there is, always in the same order. Kind: the numbers that it is
/// computed in, for the trunks' layers Number, for heads float.
template <class Number, class Visit>
void for_each_layer(const NetworkPlan& plan, const Visit& visit) {
  for (const LayerPlan& layer : plan.trunk.layers) visit.template operator()<Number>(layer);
  visit.template operator()<float>(plan.mean);
  visit.template operator()<float>(plan.log_std_raw);
  for (const LayerPlan& layer : plan.critic.layers) visit.template operator()<Number>(layer);
  if (plan.value.bias >= 0) visit.template operator()<float>(plan.value);
}

template <class Number>
std::int64_t weight_size(const LayerPlan& plan) {
  return plan.weight < 0 ? 0 : elements<Number>(plan.outputs) * padded(plan.inputs);
}
template <class Number>
std::int64_t transposed_size(const LayerPlan& plan) {
  return plan.weight < 0 ? 0 : elements<Number>(plan.inputs) * padded(plan.outputs);
}
/// Gradients are float32, whatever the layer is computed in.
inline std::int64_t weight_gradient_size(const LayerPlan& plan) { return weight_size<float>(plan); }

template <class Number>
std::int64_t gradient_size(const NetworkPlan& plan) {
  std::int64_t size = 0;
  for_each_layer<Number>(
      plan, [&]<class>(const LayerPlan& layer) { size += weight_gradient_size(layer) + padded(layer.outputs); });
  return size;
}

/// An element takes as much room as a float.
template <class Number>
std::int64_t packed_size(const NetworkPlan& plan) {
  std::int64_t size = 0;
  for_each_layer<Number>(plan, [&]<class Kind>(const LayerPlan& layer) {
    size += weight_size<Kind>(layer) + transposed_size<Kind>(layer) + padded(layer.outputs);
  });
  return size;
}

/// Sets the number in this row and column of a right factor whose elements lie in `factor`.
template <class Number>
void set_number(float* factor, std::int64_t columns, std::int64_t row, std::int64_t column, float number) {
  constexpr std::int64_t of_element = numbers_of_element<Number>;
  reinterpret_cast<Number*>(factor)[(row / of_element * columns + column) * of_element + row % of_element] =
      rounded_to<Number>(number);
}

template <class Number>
void pack(const NetworkPlan& plan, const float* parameters, float* packed) {
  std::memset(packed, 0, static_cast<std::size_t>(packed_size<Number>(plan)) * sizeof(float));
  for_each_layer<Number>(plan, [&]<class Kind>(const LayerPlan& layer) {
    if (layer.weight >= 0) {
      const float* weight = parameters + layer.weight;
      for (std::int64_t o = 0; o < layer.outputs; ++o)
        for (std::int64_t i = 0; i < layer.inputs; ++i)
          set_number<Kind>(packed, padded(layer.inputs), o, i, weight[o * layer.inputs + i]);
      packed += weight_size<Kind>(layer);
      for (std::int64_t i = 0; i < layer.inputs; ++i)
        for (std::int64_t o = 0; o < layer.outputs; ++o)
          set_number<Kind>(packed, padded(layer.outputs), i, o, weight[o * layer.inputs + i]);
      packed += transposed_size<Kind>(layer);
    }
    std::copy_n(parameters + layer.bias, layer.outputs, packed);
    packed += padded(layer.outputs);
  });
}

template <class Number>
void add_gradient(const NetworkPlan& plan, const float* gradient, float* flat) {
  for_each_layer<Number>(plan, [&]<class>(const LayerPlan& layer) {
    for (std::int64_t o = 0; layer.weight >= 0 && o < layer.outputs; ++o)
      for (std::int64_t i = 0; i < layer.inputs; ++i)
        flat[layer.weight + o * layer.inputs + i] += gradient[o * padded(layer.inputs) + i];
    gradient += weight_gradient_size(layer);
    for (std::int64_t o = 0; o < layer.outputs; ++o) flat[layer.bias + o] += gradient[o];
    gradient += padded(layer.outputs);
  });
}

inline int widest_layer(const NetworkPlan& plan) {
  int widest = 0;
  for_each_layer<float>(plan, [&]<class>(const LayerPlan& layer) { widest = std::max(widest, layer.outputs); });
  return widest;
}

/// A network with its packed parameters. Heads are computed in float32.
template <class Number>
struct PackedNetwork {
  std::vector<Layer<Number>> layers;
  Layer<float> mean;
  Layer<float> log_std_raw;
  std::vector<Layer<Number>> critic_layers;
  Layer<float> value;
};

/// gradient: the buffer of a piece's gradient, or null.
template <class Number>
PackedNetwork<Number> unpacked(const NetworkPlan& plan, const float* packed, float* gradient) {
  const auto next = [&]<class Kind>(const LayerPlan& of, std::type_identity<Kind>) {
    Layer<Kind> layer{of.inputs, of.outputs};
    if (of.weight >= 0) {
      layer.weight = reinterpret_cast<const ElementOf<Kind>*>(packed);
      layer.transposed = layer.weight + weight_size<Kind>(of);
      packed += weight_size<Kind>(of) + transposed_size<Kind>(of);
    }
    layer.bias = packed;
    packed += padded(of.outputs);
    if (gradient != nullptr) {
      layer.weight_gradient = gradient;
      layer.bias_gradient = gradient + weight_gradient_size(of);
      gradient = layer.bias_gradient + padded(of.outputs);
    }
    return layer;
  };
  constexpr std::type_identity<Number> number;
  constexpr std::type_identity<float> of_head;
  PackedNetwork<Number> network;
  for (const LayerPlan& layer : plan.trunk.layers) network.layers.push_back(next(layer, number));
  network.mean = next(plan.mean, of_head);
  network.log_std_raw = next(plan.log_std_raw, of_head);
  for (const LayerPlan& layer : plan.critic.layers) network.critic_layers.push_back(next(layer, number));
  if (plan.value.bias >= 0) network.value = next(plan.value, of_head);
  return network;
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
