#include "evaluate/match_file.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <limits>

#include "config/config.h"
#include "formats/file_hash.h"
#include "formats/file_metadata.h"
#include "formats/signature.h"
#include "rules/observation.h"
#include "rules/presets.h"
#include "version.h"

namespace matchday {
namespace {

constexpr const char* format_name = "matchday matches";

/// Incremented when the format changes; newer files are rejected.
constexpr std::uint64_t format_version = 2;

std::int64_t signature_of(const MatchState& state) {
  std::uint64_t signature = empty_signature;
  for (const at::Tensor& tensor : {state.bodies, state.score, state.clock, state.episode, state.potential})
    add_to(signature, tensor.cpu());
  return static_cast<std::int64_t>(signature);
}

/// Plays all steps; calls visit(step) after each, until it returns false.
template <class Visit>
void replay(Simulator& simulator, const RecordedMatches& recorded, const Visit& visit) {
  const at::NoGradGuard no_gradient;
  for (std::int64_t t = 0; t < recorded.steps(); ++t) {
    simulator.step(recorded.action[t].to(simulator.device()));
    if (!visit(t)) return;
  }
}

}  // namespace

RecordedMatches record_matches(const Rules& rules, const Policy& a, const Policy& b, std::uint64_t seed,
                               std::int64_t matches) {
  const at::NoGradGuard no_gradient;
  Simulator simulator(rules, {.matches = matches, .seed = seed});
  RecordedMatches recorded{rules, a.name, b.name, seed, simulator.match_indices(), clone(simulator.state())};
  recorded.signature = at::empty({rules.steps}, at::kLong);
  std::vector<at::Tensor> actions;
  for (std::int64_t t = 0; t < rules.steps; ++t) {
    actions.push_back(act(a, b, simulator));
    simulator.step(actions.back());
    recorded.signature[t] = signature_of(simulator.state());
  }
  recorded.action = at::stack(actions);
  recorded.score = simulator.state().score;
  return recorded;
}

Simulator recorded_start(const RecordedMatches& recorded, at::Device device, BackendKind backend) {
  Simulator simulator(recorded.rules, {.matches = recorded.matches(),
                                       .seed = recorded.seed,
                                       .device = device,
                                       .backend = backend,
                                       .indices = recorded.match});
  const MatchState& start = recorded.start;
  simulator.set_state({start.bodies.to(device), start.score.to(device), start.clock.to(device),
                       start.episode.to(device), start.potential.to(device)});
  return simulator;
}

RecordedMatches selected(const RecordedMatches& recorded, const at::Tensor& places) {
  const auto chosen = [&](const at::Tensor& tensor, std::int64_t dimension) {
    return tensor.index_select(dimension, places);
  };
  const MatchState& start = recorded.start;
  RecordedMatches result = recorded;
  result.match = chosen(recorded.match, 0);
  result.start = {chosen(start.bodies, 2), chosen(start.score, 1), chosen(start.clock, 0), chosen(start.episode, 0),
                  chosen(start.potential, 0)};
  result.action = chosen(recorded.action, 2);
  result.score = chosen(recorded.score, 1);
  return result;
}

RecordedMatches joined(const std::vector<RecordedMatches>& parts) {
  const auto all = [&](std::int64_t dimension, const auto& of) {
    std::vector<at::Tensor> tensors;
    for (const RecordedMatches& part : parts) tensors.push_back(of(part));
    return at::cat(tensors, dimension);
  };
  using Part = const RecordedMatches&;
  RecordedMatches result = parts.front();
  result.match = all(0, [](Part part) { return part.match; });
  result.start = {
      all(2, [](Part part) { return part.start.bodies; }), all(1, [](Part part) { return part.start.score; }),
      all(0, [](Part part) { return part.start.clock; }), all(0, [](Part part) { return part.start.episode; }),
      all(0, [](Part part) { return part.start.potential; })};
  result.action = all(2, [](Part part) { return part.action; });
  result.score = all(1, [](Part part) { return part.score; });
  return result;
}

void sign(RecordedMatches& recorded) {
  recorded.signature = at::empty({recorded.steps()}, at::kLong);
  Simulator simulator = recorded_start(recorded, at::kCPU);
  replay(simulator, recorded, [&](std::int64_t step) {
    recorded.signature[step] = signature_of(simulator.state());
    return true;
  });
  recorded.score = simulator.state().score.clone();
}

std::optional<std::int64_t> first_difference(const RecordedMatches& recorded, at::Device device, BackendKind backend) {
  std::optional<std::int64_t> first;
  Simulator simulator = recorded_start(recorded, device, backend);
  replay(simulator, recorded, [&](std::int64_t step) {
    if (signature_of(simulator.state()) != recorded.signature[step].item<std::int64_t>()) first = step;
    return !first;
  });
  return first;
}

std::string summary(const RecordedMatches& recorded) {
  return fmt::format("{} matches of {} steps, {} against {}, {}, {} a side, {} - {} goals", recorded.matches(),
                     recorded.steps(), recorded.team_a, recorded.team_b, game_name(recorded.rules.game),
                     recorded.rules.players, recorded.score[0].sum().item<std::int64_t>(),
                     recorded.score[1].sum().item<std::int64_t>());
}

bool holds_matches(const std::string& path) {
  const std::map<std::string, std::string> metadata = read_metadata(path);
  const auto found = metadata.find("format");
  return found != metadata.end() && found->second == format_name;
}

void save_matches(const std::string& path, const RecordedMatches& recorded) {
  SafetensorsFile file;
  file.tensors = {
      {"match", recorded.match},       {"bodies", recorded.start.bodies},   {"score", recorded.start.score},
      {"clock", recorded.start.clock}, {"episode", recorded.start.episode}, {"potential", recorded.start.potential},
      {"action", recorded.action},     {"signature", recorded.signature},   {"result", recorded.score}};
  file.metadata = {{"format", format_name},
                   {"format_version", std::to_string(format_version)},
                   {"program_version", matchday_version},
                   {"team_a", recorded.team_a},
                   {"team_b", recorded.team_b},
                   {"rules", rules_toml(recorded.rules)},
                   {"rules_hash", rules_hash(recorded.rules)},
                   {"seed", std::to_string(recorded.seed)}};
  write_hash(file);
  write_safetensors(path, file);
}

RecordedMatches load_matches(const std::string& path) {
  const SafetensorsFile file = read_safetensors(path);
  const FileMetadata metadata{file.metadata, path, "file of matches"};
  if (const std::string& format = metadata.text("format"); format != format_name)
    throw BadInput(fmt::format("{}: this is no file of matches but a \"{}\"", path, format));
  metadata.format_version(format_version);
  verify_hash(file, path);
  RecordedMatches recorded;
  recorded.rules = config_from_toml_text(metadata.text("rules"), path + ", rules").rules;
  recorded.team_a = metadata.text("team_a");
  recorded.team_b = metadata.text("team_b");
  recorded.written_by = metadata.text("program_version");
  recorded.seed = metadata.count("seed", std::numeric_limits<std::uint64_t>::max());
  const auto actions = file.tensors.find("action");
  if (actions == file.tensors.end() || actions->second.dim() != 5 || actions->second.numel() == 0)
    throw BadInput(fmt::format("{}: its tensor \"action\" must be Float [steps, 2, matches, players, 4]", path));
  const std::int64_t steps = actions->second.size(0);
  const std::int64_t matches = actions->second.size(2);
  const std::int64_t players = recorded.rules.players;
  const auto tensor = [&](const char* name, at::ScalarType type, at::IntArrayRef sizes) {
    return tensor_in(file.tensors, name, type, sizes, path);
  };
  recorded.action = tensor("action", at::kFloat, {steps, 2, matches, players, action_size});
  recorded.match = tensor("match", at::kLong, {matches});
  recorded.start = {tensor("bodies", at::kFloat, {4, 2 * players + 1, matches}),
                    tensor("score", at::kInt, {2, matches}), tensor("clock", at::kInt, {matches}),
                    tensor("episode", at::kInt, {matches}), tensor("potential", at::kFloat, {matches})};
  if (const auto text = problem(recorded.start, recorded.rules)) throw BadInput(fmt::format("{}: {}", path, *text));
  recorded.signature = tensor("signature", at::kLong, {steps});
  recorded.score = tensor("result", at::kInt, {2, matches});
  return recorded;
}

}  // namespace matchday
