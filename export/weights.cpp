#include "export/weights.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "formats/safetensors.h"
#include "rules/observation.h"
#include "rules/presets.h"
#include "train/memory.h"

namespace matchday {
namespace {

constexpr char heads_weight[] = "fc_mu.weight";

bool is_of_critic(const std::string& name) {
  return name.starts_with("critic_layers.") || name.starts_with("fc_value.");
}

/// The prefix of the names of the policy's tensors: the one asked for, or the only one in the file.
std::string prefix_in(const SafetensorsFile& file, const std::optional<std::string>& asked, const std::string& path) {
  std::vector<std::string> found;
  for (const auto& [name, tensor] : file.tensors)
    if (name.ends_with(heads_weight)) found.push_back(name.substr(0, name.size() - (sizeof heads_weight - 1)));
  if (found.empty()) throw BadInput(fmt::format("{}: there is no policy: no tensor is called {}", path, heads_weight));
  if (asked) {
    if (std::find(found.begin(), found.end(), *asked) == found.end())
      throw BadInput(fmt::format("{}: there is no tensor \"{}{}\"", path, *asked, heads_weight));
    return *asked;
  }
  if (found.size() > 1)
    throw BadInput(fmt::format("{}: there are {} networks in it; choose one by --prefix {}", path, found.size(),
                               fmt::join(found, "|")));
  return found.front();
}

/// A matrix of the file, [out, in].
at::Tensor matrix_in(const SafetensorsFile& file, const std::string& name, const std::string& path) {
  const auto found = file.tensors.find(name);
  if (found == file.tensors.end()) throw BadInput(fmt::format("{}: there is no tensor \"{}\"", path, name));
  if (found->second.dim() != 2 || found->second.numel() == 0)
    throw BadInput(
        fmt::format("{}: {} is [{}] but must be a matrix", path, name, fmt::join(found->second.sizes(), ", ")));
  return found->second;
}

/// The config of a FootyAI network of these shapes.
Config config_of_shapes(const SafetensorsFile& file, const std::string& prefix,
                        const std::optional<std::string>& preset, const std::string& path) {
  const std::int64_t outputs = matrix_in(file, prefix + heads_weight, path).size(0);
  const std::int64_t inputs = matrix_in(file, prefix + "shared_layers.0.weight", path).size(1);
  const std::int64_t players = outputs / action_size;
  if (outputs % action_size != 0 || players > max_players)
    throw BadInput(fmt::format("{}: fc_mu has {} outputs but must have {} for each of 1 to {} players", path, outputs,
                               action_size, max_players));
  for (const std::string game : {"footyai-v2", "footyai-v1"}) {
    if (preset.value_or(game) != game) continue;
    Config config = default_config(game);
    config.rules.players = static_cast<std::int32_t>(players);
    if (inputs != observation_size(config.rules)) continue;
    config.network.hidden.clear();
    for (int k = 0; k == 0 || file.tensors.contains(fmt::format("{}shared_layers.{}.weight", prefix, k)); k += 2)
      config.network.hidden.push_back(
          matrix_in(file, fmt::format("{}shared_layers.{}.weight", prefix, k), path).size(0));
    return config;
  }
  throw BadInput(fmt::format("{}: a network that reads {} numbers and moves {} players is not {}", path, inputs,
                             players, preset ? "one of " + *preset : "FootyAI's"));
}

/// The config in the file's metadata, changed so that both teams share the file's only network.
Config config_in(const SafetensorsFile& file, const std::string& path) {
  const auto text = file.metadata.find("config");
  if (text == file.metadata.end()) throw BadInput(path + ": its metadata has no \"config\"");
  Config config = config_from_toml_text(text->second, path + ", config");
  config.train.teams = Teams::shared;
  return config;
}

/// The policy's tensors in the file, by their names in `shapes`, a network without memory (so that a file can't make us
/// allocate more than it holds). Any float type is accepted.
std::map<std::string, at::Tensor> weights_in(const SafetensorsFile& file, const std::string& prefix,
                                             const std::string& path, const Network& shapes) {
  std::map<std::string, at::Tensor> floats = file.tensors;
  for (auto& [name, tensor] : floats)
    if (tensor.is_floating_point()) tensor = tensor.to(at::kFloat);
  std::map<std::string, at::Tensor> weights;
  for (const auto& [name, shape] : parameters(shapes))
    if (!is_of_critic(name)) weights[name] = tensor_in(floats, prefix + name, at::kFloat, shape.sizes(), path);
  for (const auto& [name, tensor] : file.tensors)
    if (name.starts_with(prefix + "shared_layers.") || name.starts_with(prefix + "fc_"))
      if (!weights.contains(name.substr(prefix.size())))
        throw BadInput(fmt::format("{}: {} belongs to no layer that is known here", path, name));
  return weights;
}

}  // namespace

void write_weights(const std::string& path, const ExportedPolicy& policy) {
  SafetensorsFile file;
  file.metadata = metadata_of(policy);
  for (const NamedTensor& parameter : parameters(policy.network))
    if (!is_of_critic(parameter.name)) file.tensors[parameter.name] = parameter.tensor;
  write_safetensors(path, file);
}

Checkpoint read_weights(const std::string& path, const WeightsOptions& options) {
  if (options.preset) default_config(*options.preset);  // refuses an unknown name
  const SafetensorsFile file = read_safetensors(path);
  const auto format = file.metadata.find("format");
  const bool exported = format != file.metadata.end() && format->second == exported_format;
  if (format != file.metadata.end() && format->second == "matchday checkpoint")
    throw BadInput(path + ": this is a checkpoint already and needs no import");
  const std::string prefix = prefix_in(file, options.prefix, path);
  Checkpoint checkpoint;
  checkpoint.config = exported ? config_in(file, path) : config_of_shapes(file, prefix, options.preset, path);
  if (options.preset && *options.preset != game_name(checkpoint.config.rules.game))
    throw BadInput(
        fmt::format("{}: its game is {} and not {}", path, game_name(checkpoint.config.rules.game), *options.preset));
  const auto untrained = [&](at::Device device) {
    return make_network(checkpoint.config.rules, checkpoint.config.network, 0, device);
  };
  const std::map<std::string, at::Tensor> weights = weights_in(file, prefix, path, untrained(at::kMeta));
  require_room_for_networks(checkpoint.config, at::kCPU);
  Network network = untrained(at::kCPU);
  const at::NoGradGuard no_gradient;
  for (NamedTensor& parameter : parameters(network))
    if (const auto found = weights.find(parameter.name); found != weights.end()) parameter.tensor.copy_(found->second);
  checkpoint.networks = {network};
  return checkpoint;
}

}  // namespace matchday
