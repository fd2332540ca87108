#include "export/torchscript.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <torch/script.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "files/atomic_file.h"
#include "rules/bad_input.h"

namespace matchday {
namespace {

/// The name of a node's attribute in the module or of its variable in forward.
std::string name_of(const Node& node, std::size_t k) {
  if (k == 0) return "observation";
  if (node.name.empty()) return fmt::format("{}_{}", node.operation == Operation::constant ? "constant" : "value", k);
  std::string name = node.name;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

std::string expression(const Node& node, const std::vector<std::string>& x) {
  switch (node.operation) {
    case Operation::observation:
    case Operation::constant:
      break;  // given, not computed
    case Operation::linear:
      return fmt::format("torch.linear({}, {}, {})", x.at(0), x.at(1), x.at(2));
    case Operation::relu:
      return fmt::format("torch.relu({})", x.at(0));
    case Operation::tanh:
      return fmt::format("torch.tanh({})", x.at(0));
    case Operation::sigmoid:
      return fmt::format("torch.sigmoid({})", x.at(0));
    case Operation::exp:
      return fmt::format("torch.exp({})", x.at(0));
    case Operation::root:
      return fmt::format("torch.sqrt({})", x.at(0));
    case Operation::clip:
      return fmt::format("torch.clamp({}, {}, {})", x.at(0), x.at(1), x.at(2));
    case Operation::add:
      return fmt::format("{} + {}", x.at(0), x.at(1));
    case Operation::subtract:
      return fmt::format("{} - {}", x.at(0), x.at(1));
    case Operation::multiply:
      return fmt::format("{} * {}", x.at(0), x.at(1));
    case Operation::divide:
      return fmt::format("{} / {}", x.at(0), x.at(1));
    case Operation::less:
      return fmt::format("{} < {}", x.at(0), x.at(1));
    case Operation::number:
      return fmt::format("torch.to({}, {})", x.at(0), static_cast<int>(at::kFloat));
    case Operation::pick:
      return fmt::format("torch.index_select({}, -1, {})", x.at(0), x.at(1));
    case Operation::reshape:
      return fmt::format("torch.reshape({}, [{}])", x.at(0), fmt::join(node.sizes, ", "));
    case Operation::join:
      return fmt::format("torch.cat([{}], -1)", fmt::join(x, ", "));
    case Operation::sum:
      return fmt::format("torch.sum({}, [-1])", x.at(0));
    case Operation::order:
      return fmt::format("torch.argsort({}, stable=True, dim=-1, descending=False)", x.at(0));
    case Operation::gather:
      return fmt::format("torch.gather({}, -2, {})", x.at(0), x.at(1));
    case Operation::normalise:
      return fmt::format("torch.layer_norm({0}, [torch.size({1}, 0)], {1})", x.at(0), x.at(1));
    case Operation::noise:
      return fmt::format("torch.randn_like({})", x.at(0));
  }
  throw std::logic_error("a graph has one observation, at its beginning");
}

/// The module's forward as text.
std::string forward_text(const Graph& graph) {
  std::string text = fmt::format(
      "def forward(self, observation: Tensor) -> Tensor:\n"
      "    assert observation.dim() == 2 and observation.size(1) == {0}, \"observation must be [B, {0}]\"\n",
      graph.inputs);
  std::vector<std::string> names{"observation"};
  for (std::size_t k = 1; k < graph.nodes.size(); ++k) {
    const Node& node = graph.nodes[k];
    names.push_back(name_of(node, k));
    if (node.operation == Operation::constant) {
      names.back() = "self." + names.back();
      continue;
    }
    std::vector<std::string> inputs;
    for (const std::size_t input : node.inputs) inputs.push_back(names.at(input));
    text += fmt::format("    {} = {}\n", names.back(), expression(node, inputs));
  }
  return text + "    return " + names.at(graph.action) + "\n";
}

}  // namespace

void write_torchscript(const std::string& path, const Graph& graph,
                       const std::map<std::string, std::string>& metadata) {
  torch::jit::Module module("matchday_policy");
  for (std::size_t k = 1; k < graph.nodes.size(); ++k)
    if (const Node& node = graph.nodes[k]; node.operation == Operation::constant) {
      // A copy: the network's tensors share one array, which would be written once per tensor.
      if (node.name.empty())
        module.register_buffer(name_of(node, k), node.tensor.clone());
      else
        module.register_parameter(name_of(node, k), node.tensor.clone(), /*is_buffer=*/false);
    }
  module.define(forward_text(graph));
  module.eval();
  AtomicFile file(path);
  std::ofstream stream(file.temporary(), std::ios::binary);
  module.save(stream, {{torchscript_metadata, nlohmann::json(metadata).dump()}});
  file.finish(stream);
}

std::function<at::Tensor(const at::Tensor& observation)> read_torchscript(const std::string& path) {
  return [module = torch::jit::load(path, at::kCPU)](const at::Tensor& observation) mutable {
    const at::NoGradGuard no_gradient;
    return module.forward({observation}).toTensor();
  };
}

}  // namespace matchday
