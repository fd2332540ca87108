#include "run/checkpoint.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cstring>

#include "formats/file_hash.h"
#include "formats/file_metadata.h"
#include "formats/signature.h"
#include "run/training_tensors.h"
#include "version.h"

namespace matchday {
namespace {

/// Incremented when the format changes; newer files are rejected. 2: training state and hashes.
constexpr std::uint64_t format_version = 3;

constexpr const char* training_prefix = "training.";

/// Prefix of the tensor names of one network in a file of `networks` networks.
std::string prefix(std::size_t networks, std::size_t index) {
  if (networks == 1) return "network.";
  return index == 0 ? "a." : "b.";
}

/// A network with the file's weights. shapes: a meta network, so that a file can't make us allocate more than it holds.
Network network_in(const SafetensorsFile& file, const Network& shapes, const std::string& prefix,
                   const std::string& path) {
  std::vector<at::Tensor> weights;
  for (const NamedTensor& parameter : parameters(shapes))
    weights.push_back(
        tensor_in(file.tensors, prefix + parameter.name, at::kFloat, parameter.tensor.sizes(), path).flatten());
  return viewed(shapes, at::cat(weights));
}

}  // namespace

void save_checkpoint(const std::string& path, const Checkpoint& checkpoint) {
  SafetensorsFile file;
  for (std::size_t k = 0; k < checkpoint.networks.size(); ++k)
    for (const NamedTensor& parameter : parameters(checkpoint.networks[k]))
      file.tensors[prefix(checkpoint.networks.size(), k) + parameter.name] = parameter.tensor.detach().cpu();
  file.metadata = {{"format", "matchday checkpoint"},
                   {"format_version", std::to_string(format_version)},
                   {"program_version", matchday_version},
                   {"config", to_toml(checkpoint.config)},
                   {"iteration", std::to_string(checkpoint.iteration)},
                   {"match_steps", std::to_string(checkpoint.match_steps)},
                   {"rules_hash", rules_hash(checkpoint.config.rules)}};
  for (const auto& [name, tensor] : checkpoint.training) file.tensors[training_prefix + name] = tensor;
  write_hash(file);
  write_safetensors(path, file);
}

Checkpoint load_checkpoint(const std::string& path, at::Device device) {
  const SafetensorsFile file = read_safetensors(path);
  const FileMetadata metadata{file.metadata, path, "matchday checkpoint"};
  if (metadata.format_version(format_version) > 1) verify_hash(file, path);
  Checkpoint checkpoint;
  checkpoint.config = config_from_toml_text(metadata.text("config"), path + ", config");
  checkpoint.iteration = static_cast<std::int64_t>(metadata.count("iteration"));
  checkpoint.match_steps = static_cast<std::int64_t>(metadata.count("match_steps"));
  checkpoint.written_by = metadata.text("program_version");
  const std::size_t count = checkpoint.config.train.teams == Teams::independent ? 2 : 1;
  const Network shapes = make_network(checkpoint.config.rules, checkpoint.config.network, 0, at::kMeta);
  for (std::size_t k = 0; k < count; ++k)
    checkpoint.networks.push_back(on_device(network_in(file, shapes, prefix(count, k), path), device));
  for (const auto& [name, tensor] : file.tensors)
    if (name.starts_with(training_prefix)) checkpoint.training[name.substr(std::strlen(training_prefix))] = tensor;
  return checkpoint;
}

Checkpoint checkpoint_of(const Trainer& trainer) {
  const TrainingState state = trainer.state();
  return {trainer.config(),  state.networks,   state.iteration,
          state.match_steps, matchday_version, training_tensors(state)};
}

void restore(Trainer& trainer, const Checkpoint& checkpoint, const std::string& where) {
  TrainingState state = training_state(checkpoint.training, trainer.state(), trainer.config().rules, where);
  state.iteration = checkpoint.iteration;
  state.match_steps = checkpoint.match_steps;
  state.networks = checkpoint.networks;
  trainer.restore(state, where);
}

}  // namespace matchday
