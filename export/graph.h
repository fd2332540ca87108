// A policy as a graph of simple operations, the common source of ONNX and TorchScript files, and computed here to check
// both. Every operation is a single operator of ONNX and of torch.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace matchday {

enum class Operation {
  observation,  ///< the graph's input: float32 [B, D]
  constant,     ///< a tensor
  linear,       ///< x [R, in], weight [out, in], bias [out] -> [R, out]
  relu,
  tanh,
  sigmoid,
  exp,
  root,  ///< the square root
  clip,  ///< x, lowest [], highest []
  add,   ///< this and the next three broadcast their inputs, as ATen does
  subtract,
  multiply,
  divide,
  less,       ///< -> bool
  number,     ///< bool -> 0 or 1 in float32
  pick,       ///< x, int64 [K] indices into its last dimension -> [..., K]
  reshape,    ///< to `sizes`
  join,       ///< along the last dimension
  sum,        ///< over the last dimension, which is removed; `sizes` is {-1}
  order,      ///< int64 indices that sort the last dimension in ascending order (stable); `sizes` is the length
              ///< of that dimension
  gather,     ///< x [..., M, C], int64 of that shape: indices into the dimension before the last
  normalise,  ///< x [R, C], ones [C] -> mean 0 and variance 1 over the last dimension
  noise,      ///< standard normal numbers in the shape of x
};

struct Node {
  Operation operation;
  std::vector<std::size_t> inputs;  ///< indices of earlier nodes
  std::vector<std::int64_t> sizes;
  at::Tensor tensor;  ///< of a constant
  std::string name;   ///< of a weight, as in the policy's state dict; otherwise empty
};

/// The first node is the observation.
struct Graph {
  std::int64_t inputs = 0;   ///< D
  std::int64_t outputs = 0;  ///< 4N, the action's columns
  std::vector<Node> nodes;
  std::size_t action = 0;  ///< the node that is the graph's result
};

/// Makes the noise of a graph: standard normal numbers in the shape of a tensor.
using Noise = std::function<at::Tensor(const at::Tensor&)>;

/// The graph's action for observations, float32 [B, D], in ATen.
at::Tensor evaluate(const Graph& graph, const at::Tensor& observation, const Noise& noise);

/// A node of a graph that is being built. Arithmetic with values adds nodes; numbers become constants.
struct Value {
  Graph* graph;
  std::size_t node;
};

/// Begins a graph; returns its input.
Value observation_of(Graph& graph, std::int64_t inputs, std::int64_t outputs);

Value constant(Graph& graph, const at::Tensor& tensor, const std::string& name = "");

Value operator+(Value a, Value b);
Value operator-(Value a, Value b);
Value operator*(Value a, Value b);
Value operator/(Value a, Value b);
Value operator+(Value a, double b);
Value operator-(Value a, double b);
Value operator*(Value a, double b);
Value operator-(double a, Value b);

/// The operations above, by their names.
Value linear(Value x, Value weight, Value bias);
Value relu(Value x);
Value tanh(Value x);
Value sigmoid(Value x);
Value exp(Value x);
Value root(Value x);
Value clip(Value x, double lowest, double highest);
Value less(Value a, Value b);  ///< as 0 or 1
Value pick(Value x, const std::vector<std::int64_t>& places);
Value reshape(Value x, const std::vector<std::int64_t>& sizes);
Value join(const std::vector<Value>& values);
Value sum(Value x);
Value order(Value x, std::int64_t count);
Value gather(Value x, Value places);
Value normalise(Value x, std::int64_t width);
Value noise_like(Value x);

}  // namespace matchday
