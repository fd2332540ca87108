#include "export/onnx.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>

#include "files/atomic_file.h"
#include "formats/protobuf.h"
#include "rules/bad_input.h"
#include "version.h"

namespace matchday {
namespace {

constexpr std::int64_t representation = 8;  // the IR version that came with operator set 17
constexpr std::int64_t operator_set = 17;
constexpr std::size_t most_bytes = 2147483647;  // protobuf's limit

// Fields of ONNX's messages, as numbered in onnx.proto.
namespace model {
constexpr std::uint32_t ir_version = 1, producer = 2, producer_version = 3, graph = 7, opset = 8, metadata = 14;
}
namespace opset {
constexpr std::uint32_t version = 2;
}
namespace entry {
constexpr std::uint32_t key = 1, value = 2;
}
namespace graph_message {
constexpr std::uint32_t node = 1, name = 2, initializer = 5, input = 11, output = 12;
}
namespace node_message {
constexpr std::uint32_t input = 1, output = 2, name = 3, type = 4, attribute = 5;
}
namespace attribute_message {
constexpr std::uint32_t name = 1, number = 3, type = 20;
constexpr std::int64_t of_number = 2;
}  // namespace attribute_message
namespace tensor_message {
constexpr std::uint32_t size = 1, type = 2, name = 8, data = 9;
constexpr std::int64_t float32 = 1, int64 = 7;
}  // namespace tensor_message
namespace value_message {
constexpr std::uint32_t name = 1, type = 2, of_tensor = 1, element = 1, shape = 2, dimension = 1, size = 1, symbol = 2;
}

struct Attribute {
  std::string name;
  std::int64_t number;
  bool operator==(const Attribute&) const = default;
};

/// An operation's name and attributes in ONNX.
struct Called {
  Operation operation;
  std::string_view name;
  std::vector<Attribute> attributes;
};

const std::vector<Called>& calls() {
  static const std::vector<Called> all{
      {Operation::linear, "Gemm", {{"transB", 1}}},
      {Operation::relu, "Relu", {}},
      {Operation::tanh, "Tanh", {}},
      {Operation::sigmoid, "Sigmoid", {}},
      {Operation::exp, "Exp", {}},
      {Operation::root, "Sqrt", {}},
      {Operation::clip, "Clip", {}},
      {Operation::add, "Add", {}},
      {Operation::subtract, "Sub", {}},
      {Operation::multiply, "Mul", {}},
      {Operation::divide, "Div", {}},
      {Operation::less, "Less", {}},
      {Operation::number, "Cast", {{"to", tensor_message::float32}}},
      {Operation::pick, "Gather", {{"axis", -1}}},
      {Operation::reshape, "Reshape", {}},
      {Operation::join, "Concat", {{"axis", -1}}},
      {Operation::sum, "ReduceSum", {{"keepdims", 0}}},
      {Operation::order, "TopK", {{"axis", -1}, {"largest", 0}, {"sorted", 1}}},
      {Operation::gather, "GatherElements", {{"axis", -2}}},
      {Operation::normalise, "LayerNormalization", {{"axis", -1}}},
      {Operation::noise, "RandomNormalLike", {}},
  };
  return all;
}

std::string tensor_of(const std::string& name, const at::Tensor& tensor) {
  std::string message;
  for (const std::int64_t size : tensor.sizes()) put_number(message, tensor_message::size, size);
  put_number(message, tensor_message::type,
             tensor.scalar_type() == at::kLong ? tensor_message::int64 : tensor_message::float32);
  put_bytes(message, tensor_message::name, name);
  put_bytes(message, tensor_message::data, {static_cast<const char*>(tensor.data_ptr()), tensor.nbytes()});
  return message;
}

/// The description of an input or output, float32 [batch, columns].
std::string value_of(const std::string& name, std::int64_t columns) {
  std::string batch, width, shape, tensor, type, message;
  put_bytes(batch, value_message::symbol, "batch");
  put_number(width, value_message::size, columns);
  put_bytes(shape, value_message::dimension, batch);
  put_bytes(shape, value_message::dimension, width);
  put_number(tensor, value_message::element, tensor_message::float32);
  put_bytes(tensor, value_message::shape, shape);
  put_bytes(type, value_message::of_tensor, tensor);
  put_bytes(message, value_message::name, name);
  put_bytes(message, value_message::type, type);
  return message;
}

std::string node_of(const Node& node, const std::vector<std::string>& inputs, const std::string& output) {
  const auto called =
      std::find_if(calls().begin(), calls().end(), [&](const Called& row) { return row.operation == node.operation; });
  std::string message;
  for (const std::string& input : inputs) put_bytes(message, node_message::input, input);
  // TopK's first output is the sorted numbers, which are not used.
  if (node.operation == Operation::order) put_bytes(message, node_message::output, output + "_numbers");
  put_bytes(message, node_message::output, output);
  put_bytes(message, node_message::name, output);
  put_bytes(message, node_message::type, called->name);
  for (const Attribute& attribute : called->attributes) {
    std::string described;
    put_bytes(described, attribute_message::name, attribute.name);
    put_number(described, attribute_message::number, attribute.number);
    put_number(described, attribute_message::type, attribute_message::of_number);
    put_bytes(message, node_message::attribute, described);
  }
  return message;
}

std::string graph_of(const Graph& graph) {
  std::string message;
  put_bytes(message, graph_message::name, "policy");
  std::vector<std::string> names;
  for (std::size_t k = 0; k < graph.nodes.size(); ++k) {
    const Node& node = graph.nodes[k];
    const std::string number = std::to_string(k);
    if (k == 0) {
      names.emplace_back("observation");
    } else if (node.operation == Operation::constant) {
      names.push_back(node.name.empty() ? "constant_" + number : node.name);
      put_bytes(message, graph_message::initializer, tensor_of(names.back(), node.tensor));
    } else {
      std::vector<std::string> inputs;
      for (const std::size_t input : node.inputs) inputs.push_back(names.at(input));
      if (!node.sizes.empty()) {
        inputs.push_back("sizes_" + number);
        put_bytes(message, graph_message::initializer, tensor_of(inputs.back(), at::tensor(node.sizes, at::kLong)));
      }
      names.push_back(k == graph.action ? "action" : "value_" + number);
      put_bytes(message, graph_message::node, node_of(node, inputs, names.back()));
    }
  }
  put_bytes(message, graph_message::input, value_of("observation", graph.inputs));
  put_bytes(message, graph_message::output, value_of("action", graph.outputs));
  return message;
}

// Reading

using Fields = std::vector<ProtobufField>;

[[noreturn]] void refuse(const std::string& what) { throw std::runtime_error("an ONNX file " + what); }

/// The first field with this number; refuses a message without one.
const ProtobufField& first_of(const Fields& fields, std::uint32_t field) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& row) { return row.field == field; });
  if (found == fields.end()) refuse("has a message that lacks a field");
  return *found;
}

std::string text_of(const Fields& fields, std::uint32_t field) { return std::string(first_of(fields, field).bytes); }

at::Tensor read_tensor(const Fields& fields) {
  std::vector<std::int64_t> sizes;
  for (const ProtobufField& field : fields)
    if (field.field == tensor_message::size) sizes.push_back(field.number);
  const bool whole = first_of(fields, tensor_message::type).number == tensor_message::int64;
  const at::Tensor tensor = at::empty(sizes, whole ? at::kLong : at::kFloat);
  const std::string_view data = first_of(fields, tensor_message::data).bytes;
  if (data.size() != tensor.nbytes()) refuse("has a tensor whose data is not of its size");
  std::memcpy(tensor.data_ptr(), data.data(), data.size());
  return tensor;
}

/// The number of columns of an input or output.
std::int64_t columns_of(const ProtobufField& value) {
  const auto inner = [](std::string_view message, std::uint32_t field) {
    return first_of(fields_of(message), field).bytes;
  };
  const std::string_view shape =
      inner(inner(inner(value.bytes, value_message::type), value_message::of_tensor), value_message::shape);
  return first_of(fields_of(fields_of(shape).back().bytes), value_message::size).number;
}

Operation operation_of(const Fields& fields) {
  const std::string name = text_of(fields, node_message::type);
  std::vector<Attribute> attributes;
  for (const ProtobufField& field : fields)
    if (field.field == node_message::attribute) {
      const Fields described = fields_of(field.bytes);
      attributes.push_back(
          {text_of(described, attribute_message::name), first_of(described, attribute_message::number).number});
    }
  const auto called = std::find_if(calls().begin(), calls().end(), [&](const Called& row) { return row.name == name; });
  if (called == calls().end() || called->attributes != attributes) refuse("has an operator that is not known here");
  return called->operation;
}

Node read_node(const Fields& fields, const std::map<std::string, std::size_t>& places, const Graph& graph) {
  Node node{operation_of(fields), {}, {}, {}, {}};
  for (const ProtobufField& field : fields) {
    if (field.field != node_message::input) continue;
    const auto found = places.find(std::string(field.bytes));
    if (found == places.end()) refuse("has a node that reads what is not there yet");
    node.inputs.push_back(found->second);
  }
  if (node.operation == Operation::reshape || node.operation == Operation::order || node.operation == Operation::sum) {
    const at::Tensor sizes = graph.nodes.at(node.inputs.back()).tensor;
    if (!sizes.defined() || sizes.scalar_type() != at::kLong) refuse("has a node whose sizes are no whole numbers");
    node.sizes.assign(sizes.data_ptr<std::int64_t>(), sizes.data_ptr<std::int64_t>() + sizes.numel());
    node.inputs.pop_back();
  }
  return node;
}

}  // namespace

void write_onnx(const std::string& path, const Graph& graph, const std::map<std::string, std::string>& metadata) {
  std::string operators, message;
  put_number(operators, opset::version, operator_set);
  put_number(message, model::ir_version, representation);
  put_bytes(message, model::producer, "matchday");
  put_bytes(message, model::producer_version, matchday_version);
  put_bytes(message, model::opset, operators);
  for (const auto& [key, text] : metadata) {
    std::string described;
    put_bytes(described, entry::key, key);
    put_bytes(described, entry::value, text);
    put_bytes(message, model::metadata, described);
  }
  put_bytes(message, model::graph, graph_of(graph));
  if (message.size() > most_bytes) throw BadInput(path + ": the network is larger than the 2 GB that ONNX allows");
  write_whole(path, message);
}

Graph read_onnx(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const Fields whole = fields_of(bytes);
  if (first_of(fields_of(first_of(whole, model::opset).bytes), opset::version).number != operator_set)
    refuse("is for another operator set");
  const Fields message = fields_of(first_of(whole, model::graph).bytes);

  Graph graph;
  observation_of(graph, columns_of(first_of(message, graph_message::input)),
                 columns_of(first_of(message, graph_message::output)));
  std::map<std::string, std::size_t> places{{"observation", 0}};
  for (const ProtobufField& field : message)
    if (field.field == graph_message::initializer) {
      const Fields tensor = fields_of(field.bytes);
      places[text_of(tensor, tensor_message::name)] = constant(graph, read_tensor(tensor)).node;
    }
  for (const ProtobufField& field : message)
    if (field.field == graph_message::node) {
      const Fields fields = fields_of(field.bytes);
      graph.nodes.push_back(read_node(fields, places, graph));
      places[text_of(fields, node_message::name)] = graph.nodes.size() - 1;
    }
  const auto action = places.find("action");
  if (action == places.end()) refuse("has no action");
  graph.action = action->second;
  return graph;
}

}  // namespace matchday
