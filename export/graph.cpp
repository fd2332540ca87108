#include "export/graph.h"

#include <ATen/ATen.h>

#include <stdexcept>

namespace matchday {
namespace {

Value add_node(Graph& graph, Operation operation, std::vector<std::size_t> inputs,
               std::vector<std::int64_t> sizes = {}) {
  graph.nodes.push_back({operation, std::move(inputs), std::move(sizes), {}, {}});
  return {&graph, graph.nodes.size() - 1};
}

Value of_one(Operation operation, Value x) { return add_node(*x.graph, operation, {x.node}); }

Value of_two(Operation operation, Value a, Value b) { return add_node(*a.graph, operation, {a.node, b.node}); }

Value number(Graph& graph, double number) { return constant(graph, at::scalar_tensor(number, at::kFloat)); }

at::Tensor computed(const Node& node, const std::vector<at::Tensor>& of_nodes, const Noise& noise) {
  const auto input = [&](std::size_t k) -> const at::Tensor& { return of_nodes.at(node.inputs.at(k)); };
  switch (node.operation) {
    case Operation::observation:
      break;  // given, not computed
    case Operation::constant:
      return node.tensor;
    case Operation::linear:
      return at::linear(input(0), input(1), input(2));
    case Operation::relu:
      return input(0).relu();
    case Operation::tanh:
      return input(0).tanh();
    case Operation::sigmoid:
      return input(0).sigmoid();
    case Operation::exp:
      return input(0).exp();
    case Operation::root:
      return input(0).sqrt();
    case Operation::clip:
      return input(0).clamp(input(1), input(2));
    case Operation::add:
      return input(0) + input(1);
    case Operation::subtract:
      return input(0) - input(1);
    case Operation::multiply:
      return input(0) * input(1);
    case Operation::divide:
      return input(0) / input(1);
    case Operation::less:
      return input(0) < input(1);
    case Operation::number:
      return input(0).to(at::kFloat);
    case Operation::pick:
      return input(0).index_select(-1, input(1));
    case Operation::reshape:
      return input(0).reshape(node.sizes);
    case Operation::join: {
      std::vector<at::Tensor> all;
      for (std::size_t k = 0; k < node.inputs.size(); ++k) all.push_back(input(k));
      return at::cat(all, -1);
    }
    case Operation::sum:
      return input(0).sum(-1);
    case Operation::order:
      return at::argsort(input(0), /*stable=*/true);
    case Operation::gather:
      return input(0).gather(-2, input(1));
    case Operation::normalise:
      return at::layer_norm(input(0), input(1).sizes(), input(1));
    case Operation::noise:
      return noise(input(0));
  }
  throw std::logic_error("a graph has one observation, at its beginning");
}

}  // namespace

at::Tensor evaluate(const Graph& graph, const at::Tensor& observation, const Noise& noise) {
  const at::NoGradGuard no_gradient;
  std::vector<at::Tensor> of_nodes{observation};
  for (std::size_t k = 1; k < graph.nodes.size(); ++k) of_nodes.push_back(computed(graph.nodes[k], of_nodes, noise));
  return of_nodes.at(graph.action);
}

Value observation_of(Graph& graph, std::int64_t inputs, std::int64_t outputs) {
  graph = {inputs, outputs, {}, 0};
  return add_node(graph, Operation::observation, {});
}

Value constant(Graph& graph, const at::Tensor& tensor, const std::string& name) {
  const Value value = add_node(graph, Operation::constant, {});
  graph.nodes.back().tensor = tensor.detach().cpu().contiguous();
  graph.nodes.back().name = name;
  return value;
}

Value operator+(Value a, Value b) { return of_two(Operation::add, a, b); }
Value operator-(Value a, Value b) { return of_two(Operation::subtract, a, b); }
Value operator*(Value a, Value b) { return of_two(Operation::multiply, a, b); }
Value operator/(Value a, Value b) { return of_two(Operation::divide, a, b); }
Value operator+(Value a, double b) { return a + number(*a.graph, b); }
Value operator-(Value a, double b) { return a - number(*a.graph, b); }
Value operator*(Value a, double b) { return a * number(*a.graph, b); }
Value operator-(double a, Value b) { return number(*b.graph, a) - b; }

Value linear(Value x, Value weight, Value bias) {
  return add_node(*x.graph, Operation::linear, {x.node, weight.node, bias.node});
}

Value relu(Value x) { return of_one(Operation::relu, x); }
Value tanh(Value x) { return of_one(Operation::tanh, x); }
Value sigmoid(Value x) { return of_one(Operation::sigmoid, x); }
Value exp(Value x) { return of_one(Operation::exp, x); }
Value root(Value x) { return of_one(Operation::root, x); }

Value clip(Value x, double lowest, double highest) {
  const Value low = number(*x.graph, lowest);
  const Value high = number(*x.graph, highest);
  return add_node(*x.graph, Operation::clip, {x.node, low.node, high.node});
}

Value less(Value a, Value b) { return of_one(Operation::number, of_two(Operation::less, a, b)); }

Value pick(Value x, const std::vector<std::int64_t>& places) {
  return of_two(Operation::pick, x, constant(*x.graph, at::tensor(places, at::kLong)));
}

Value reshape(Value x, const std::vector<std::int64_t>& sizes) {
  return add_node(*x.graph, Operation::reshape, {x.node}, sizes);
}

Value join(const std::vector<Value>& values) {
  std::vector<std::size_t> inputs;
  for (const Value& value : values) inputs.push_back(value.node);
  return add_node(*values.front().graph, Operation::join, inputs);
}

Value sum(Value x) { return add_node(*x.graph, Operation::sum, {x.node}, {-1}); }

Value order(Value x, std::int64_t count) { return add_node(*x.graph, Operation::order, {x.node}, {count}); }

Value gather(Value x, Value places) { return of_two(Operation::gather, x, places); }

Value normalise(Value x, std::int64_t width) {
  return of_two(Operation::normalise, x, constant(*x.graph, at::ones({width})));
}

Value noise_like(Value x) { return of_one(Operation::noise, x); }

}  // namespace matchday
