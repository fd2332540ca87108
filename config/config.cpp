#include "config/config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "config/config_sections.h"
#include "config/layer.h"
#include "preset_files.h"
#include "rules/fields.h"
#include "rules/presets.h"

namespace matchday {
namespace {

/// The rules of the game that a layer names, if any.
std::optional<Rules> game_of(const Layer& layer) {
  const std::optional<Named> name = named_in(layer, game_key);
  if (!name) return std::nullopt;
  const std::optional<Rules> rules = find_preset(name->text);
  if (!rules)
    throw BadInput(layer.where + ": [rules] game is " + value_text(std::string_view(name->text)) +
                   "; it must be one of " + all_games());
  return rules;
}

/// The text of the preset of this name, and where it stands.
std::optional<Layer> preset_layer(const std::string& name) {
  constexpr std::string_view ending = ".toml";
  for (const PresetFile& file : preset_files)
    if (file.name == name) return Layer{parse(file.text, "preset " + name), "preset " + name, true};
  if (!name.ends_with(ending)) return std::nullopt;
  return Layer{parse(read_text(name), name), name, true};
}

/// A preset's name may become part of a folder's.
void require_plain(const std::string& name, const std::string& where) {
  constexpr std::size_t most = 64;
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  if (name.empty() || name.size() > most || name.front() == '.' || !std::all_of(name.begin(), name.end(), plain))
    throw BadInput(where + "the preset's name is " + value_text(name) +
                   "; it must be at most 64 letters, digits, -, _ and . (not first)");
}

/// The config of a preset, if there is one of this name.
std::optional<Config> config_of_preset(const std::string& name) {
  const std::optional<Layer> layer = preset_layer(name);
  if (!layer) return std::nullopt;
  const std::optional<Rules> rules = game_of(*layer);
  if (!rules) throw BadInput(layer->where + ": a preset must say which game it plays: [rules] game = \"arena\"");
  Config config;
  config.preset = std::filesystem::path(name).stem().string();
  require_plain(config.preset, layer->where + ": ");
  config.rules = *rules;
  apply(*layer, config);
  if (const auto text = problem(config)) throw BadInput(layer->where + ": " + *text);
  return config;
}

/// Whether a layer says how long a run is.
bool tells_length(const Layer& layer) {
  const auto told = [&](const char* key) { return layer.document["train"][key].value_or(0.0) != 0.0; };
  return told("match_steps") || told("iterations") || told("minutes");
}

/// The layers of each source (file, command line). Must not be copied: a copied toml::table loses its line numbers.
using Sources = std::vector<std::vector<Layer>>;

/// Merges the sources, weakest first, into a config.
Config from_sources(const Sources& sources, const std::string& where) {
  std::optional<Named> named_preset;
  std::optional<Rules> game;  // that of this preset, where the same layer says it
  for (const std::vector<Layer>& layers : sources)
    for (const Layer& layer : layers) {
      if (const auto named = named_in(layer, preset_key)) {
        named_preset = named;
        game.reset();
      }
      if (const auto named = game_of(layer)) game = named;
    }
  const std::string preset =
      named_preset ? named_preset->text : std::string(game ? game_name(game->game) : Config().preset);
  const std::string told_in = named_preset ? named_preset->where : "";
  std::optional<Config> config_of_name = config_of_preset(preset);
  if (game && (!config_of_name || config_of_name->rules.game != game->game)) {
    // What another program wrote by a preset of its own; it says all that this preset said.
    config_of_name = config_of_preset(std::string(game_name(game->game)));
    require_plain(preset, told_in);
    config_of_name->preset = preset;
  }
  if (!config_of_name)
    throw BadInput(told_in + "[rules] preset is " + value_text(preset) + "; it must be one of " + all_presets() +
                   ", or a preset's file, NAME.toml");
  Config config = *config_of_name;
  for (const std::vector<Layer>& layers : sources) {
    if (std::any_of(layers.begin(), layers.end(), tells_length))
      config.train.match_steps = config.train.iterations = 0, config.train.minutes = 0.0;
    for (const Layer& layer : layers) apply(layer, config);
  }
  if (const auto text = problem(config)) throw BadInput(where + ": " + *text);
  return config;
}

}  // namespace

std::int64_t rollout_steps(const Config& config) {
  return config.train.rollout_steps > 0 ? config.train.rollout_steps : std::int64_t{config.rules.steps};
}

bool operator==(const Config& a, const Config& b) {
  return a.rules.game == b.rules.game && same_fields(rules_fields, a.rules, b.rules) &&
         same_fields(network_fields, a.network, b.network) && same_fields(train_fields, a.train, b.train);
}

std::vector<PresetName> preset_names() {
  std::vector<PresetName> names;
  for (const PresetFile& file : preset_files) {
    const std::string_view line = file.text.substr(0, file.text.find('\n'));
    names.push_back({std::string(file.name), std::string(line.substr(line.find_first_not_of("# ")))});
  }
  return names;
}

std::string all_presets() {
  std::vector<std::string_view> names;
  for (const PresetFile& file : preset_files) names.push_back(file.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string all_games() {
  std::vector<std::string_view> names;
  for (const Preset& preset : presets) names.push_back(preset.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

Config default_config(std::string_view preset) {
  std::optional<Config> config = config_of_preset(std::string(preset));
  if (!config) throw BadInput("preset is " + value_text(preset) + "; it must be one of " + all_presets());
  return *config;
}

Config load_config(const std::optional<std::string>& path, const std::optional<std::string>& preset,
                   const std::vector<std::string>& sets) {
  Sources sources(2);
  std::vector<Layer>& file = sources[0];
  std::vector<Layer>& flags = sources[1];
  if (path) file.push_back({parse(read_text(*path), *path), *path, true});
  if (preset)
    flags.push_back({toml::table{{preset_section, toml::table{{preset_key, *preset}}}}, "--preset " + *preset, false});
  for (const std::string& set : sets) flags.push_back(set_layer(set));
  return from_sources(sources, path.value_or("settings"));
}

Config config_from_toml_text(std::string_view text, const std::string& where, const std::vector<std::string>& sets) {
  Sources sources(1);
  sources[0].push_back({parse(text, where), where, true, false});
  for (const std::string& set : sets) sources[0].push_back(set_layer(set));
  return from_sources(sources, where);
}

}  // namespace matchday
