// A policy as a list of simple steps, told once: what is written as ONNX and as TorchScript, and computed here to check
// both. Every operation is one of ONNX and one of torch.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace matchday {

enum class Operation {
  observation,  ///< what the graph is given: float32 [B, D]
  constant,     ///< a tensor
  linear,       ///< x [R, in], weight [out, in], bias [out] -> [R, out]
  relu,
  tanh,
  sigmoid,
  exp,
  root,  ///< the square root
  clip,  ///< x, lowest [], highest []
  add,   ///< this and the next three stretch their inputs to one shape, as ATen does
  subtract,
  multiply,
  divide,
  less,       ///< -> bool
  number,     ///< bool -> 0 or 1 in float32
  pick,       ///< x, int64 [K] places of its last dimension -> [..., K]
  reshape,    ///< to `sizes`
  join,       ///< along the last dimension
  sum,        ///< over the last dimension, which goes away; `sizes` is {-1}
  order,      ///< the places of the last dimension's numbers from small to large, equal ones as they stand: int64;
              ///< `sizes` is how many there are
  gather,     ///< x [..., M, C], int64 of that shape: places in the dimension before the last
  normalise,  ///< x [R, C], ones [C] -> mean 0 and variance 1 over the last dimension
  noise,      ///< standard normal numbers in the shape of x
};

struct Node {
  Operation operation;
  std::vector<std::size_t> inputs;  ///< nodes before this one
  std::vector<std::int64_t> sizes;
  at::Tensor tensor;  ///< a constant's
  std::string name;   ///< of a weight, as in the policy's state dict; otherwise empty
};

/// The first node is the observation, the last one the answer.
struct Graph {
  std::int64_t inputs = 0;   ///< D
  std::int64_t outputs = 0;  ///< 4N, the answer's columns
  std::vector<Node> nodes;
};

/// Makes the noise of a graph: standard normal numbers in the shape of a tensor.
using Noise = std::function<at::Tensor(const at::Tensor&)>;

/// The graph's answer to observations, float32 [B, D], in ATen.
at::Tensor evaluate(const Graph& graph, const at::Tensor& observation, const Noise& noise);

/// A node of a graph that is being built. Arithmetic with values adds nodes; numbers become constants.
struct Value {
  Graph* graph;
  std::size_t node;
};

/// Begins a graph: what it is given.
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
