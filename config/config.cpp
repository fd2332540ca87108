#include "config/config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <type_traits>
#include <utility>

#include "config/config_sections.h"
#include "preset_files.h"
#include "rules/fields.h"
#include "rules/presets.h"

namespace matchday {
namespace {

struct Key {
  std::string section;
  std::string name;
};

bool operator==(const Key& a, const Key& b) { return a.section == b.section && a.name == b.name; }

/// Keys renamed since version 0.1: section, old name, new name. Old names are still read.
constexpr std::array<std::array<std::string_view, 3>, 4> renamed_keys{{{"network", "kind", "agent"},
                                                                       {"network", "body", "trunk"},
                                                                       {"train", "kl_limit", "target_kl"},
                                                                       {"train", "shaping_until", "shaping_anneal"}}};

/// The key under its present name. An empty section matches any.
Key present_name(const Key& key) {
  for (const auto& [section, before, now] : renamed_keys)
    if (key.name == before && (key.section.empty() || key.section == section)) return {key.section, std::string(now)};
  return key;
}

std::vector<Key> all_keys() {
  std::vector<Key> keys{{std::string(preset_section), std::string(preset_key)}};
  const Config config;
  for_each_section(config, [&](const std::string& section, const auto& fields, const auto&) {
    for (const auto& field : fields) keys.push_back({section, std::string(field.name)});
  });
  return keys;
}

/// Levenshtein distance: the least number of insertions, deletions and substitutions.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t exchanged = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, exchanged}));
    }
  }
  return row[b.size()];
}

/// A hint for an unknown key: the most similar name, in the most similar section that has it.
std::string suggestion(const Key& unknown) {
  const auto distance = [&](const Key& key) {
    return std::pair(edit_distance(unknown.name, key.name), edit_distance(unknown.section, key.section));
  };
  const std::vector<Key> keys = all_keys();
  const Key nearest = *std::min_element(keys.begin(), keys.end(),
                                        [&](const Key& a, const Key& b) { return distance(a) < distance(b); });
  const bool near = distance(nearest).first <= std::max<std::size_t>(2, unknown.name.size() / 2);
  const std::string guess = near ? "did you mean " + nearest.name + " in [" + nearest.section + "]? " : "";
  return "; " + guess + "`info --config` lists all keys";
}

std::string nearest_section(const std::string& unknown) {
  std::string nearest(preset_section);
  for (const Key& key : all_keys())
    if (edit_distance(unknown, key.section) < edit_distance(unknown, nearest)) nearest = key.section;
  return nearest;
}

/// A layer of settings; later layers override it.
struct Layer {
  toml::table document;
  std::string where;
  bool has_lines;
  bool of_user = true;  ///< written by the user, who is then warned of renamed keys
};

/// "run.toml:3: " or "--set players=3: "
std::string place(const Layer& layer, const toml::source_region& source) {
  return layer.has_lines ? fmt::format("{}:{}: ", layer.where, source.begin.line) : layer.where + ": ";
}

/// Rejects long lines: a key with ten thousand dots makes as many nested tables, and the parser is recursive.
void require_short_lines(std::string_view text, const std::string& where) {
  constexpr std::size_t most = 4000;  // characters
  std::size_t line = 1;
  for (std::size_t begin = 0; begin < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (end - begin > most)
      throw BadInput(where + ":" + std::to_string(line) + ": has " + std::to_string(end - begin) +
                     " characters; a line may have " + std::to_string(most));
    begin = end + 1;
  }
}

toml::table parse(std::string_view text, const std::string& where) {
  require_short_lines(text, where);
  try {
    return toml::parse(text, where);
  } catch (const toml::parse_error& error) {
    const toml::source_position begin = error.source().begin;
    throw BadInput(where + ":" + std::to_string(begin.line) + ":" + std::to_string(begin.column) +
                   ": not TOML: " + std::string(error.description()));
  }
}

std::string read_text(const std::string& path) {
  constexpr std::size_t most = 1 << 20;
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) throw BadInput(path + ": is a folder; a config is a TOML file");
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw BadInput(path + ": cannot be read; is there such a file?");
  std::string text(most + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) throw BadInput(path + ": cannot be read");
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > most) throw BadInput(path + ": is larger than 1 MiB; a config is a small TOML file");
  return text;
}

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  return begin == std::string_view::npos ? ""
                                         : std::string(text.substr(begin, text.find_last_not_of(" \t") - begin + 1));
}

void tell_new_name(const std::string& where, const Key& before, const Key& now) {
  fmt::print(stderr, "matchday: {}{} is called {} now\n", where, before.name, now.name);
}

/// The full key that a `--set` names; the section may be omitted if only one section has the key.
Key resolve_key(const std::string& text, const std::string& where) {
  const std::size_t dot = text.find('.');
  const Key told = dot == std::string::npos ? Key{"", text} : Key{text.substr(0, dot), text.substr(dot + 1)};
  const Key named = present_name(told);
  if (!(named == told)) tell_new_name(where + ": ", told, named);
  std::vector<Key> found;
  for (const Key& key : all_keys())
    if (key == named || (named.section.empty() && key.name == named.name)) found.push_back(key);
  if (found.empty()) throw BadInput(where + ": there is no " + text + suggestion(named));
  if (found.size() > 1)
    throw BadInput(where + ": " + text + " is in [" + found[0].section + "] and in [" + found[1].section + "]; write " +
                   found[0].section + "." + text + " or " + found[1].section + "." + text);
  return found[0];
}

/// A layer of one setting. A value that is not TOML is taken as a string, so that a shell needs no second quotes.
Layer set_layer(const std::string& set) {
  const std::string where = "--set " + set;
  const std::size_t equals = set.find('=');
  if (equals == std::string::npos) throw BadInput(where + ": is not of the form key=value");
  const Key key = resolve_key(trimmed(set.substr(0, equals)), where);
  const std::string head = key.section + "." + key.name + " = ";
  const std::string value = trimmed(set.substr(equals + 1));
  const auto layer = [&](const std::string& toml_value) {
    return Layer{parse(head + toml_value, where), where, false};
  };
  try {
    if (value.find_first_of("\r\n") == std::string::npos) return layer(value);
  } catch (const BadInput&) {
  }
  return layer(value_text(std::string_view(value)));
}

/// A TOML value as a setting's type, or nothing. Integers are returned as int64 and other numbers as double, so that
/// the range is checked before they are narrowed. An integer is accepted for any number, and 48e6 is an integer.
template <class Value>
auto read(const toml::node& node) {
  if constexpr (std::is_same_v<Value, bool>) {
    return node.value_exact<bool>();
  } else if constexpr (std::is_integral_v<Value>) {
    constexpr double exact = 9007199254740992.0;  // 2^53; a double can't hold every integer above
    const auto number = node.value_exact<double>();
    if (number && std::abs(*number) <= exact && std::trunc(*number) == *number)
      return std::optional(static_cast<std::int64_t>(*number));
    return node.value_exact<std::int64_t>();
  } else if constexpr (std::is_floating_point_v<Value>) {
    const auto whole = node.value_exact<std::int64_t>();
    return whole ? std::optional(static_cast<double>(*whole)) : node.value_exact<double>();
  } else if constexpr (std::is_same_v<Value, std::string>) {
    return node.value_exact<std::string>();
  } else {
    const toml::array* array = node.as_array();
    std::optional<Value> values;
    if (array == nullptr) return values;
    values.emplace();
    for (const toml::node& element : *array) {
      const auto value = element.value_exact<std::int64_t>();
      if (!value) return std::optional<Value>();
      values->push_back(*value);
    }
    return values;
  }
}

/// A TOML value as errors show it.
std::string node_text(const toml::node& node) {
  if (const auto value = read<bool>(node)) return value_text(*value);
  if (const auto value = read<std::int64_t>(node)) return value_text(*value);
  if (const auto value = read<double>(node)) return value_text(*value);
  if (const auto value = read<std::string>(node)) return value_text(std::string_view(*value));
  if (const auto value = read<std::vector<std::int64_t>>(node)) return value_text(*value);
  if (node.is_array()) return "a list";
  return node.is_table() ? "a table" : "a date or time";
}

template <class Owner>
void assign(Owner& owner, const Field<Owner>& field, const toml::node& node, const std::string& where) {
  const auto assign_member = [&](auto member) {
    using Value = std::remove_reference_t<decltype(owner.*member)>;
    const auto value = read<Value>(node);
    if (!value || !allows(field, *value)) throw BadInput(where + not_allowed(field, node_text(node)));
    owner.*member = static_cast<Value>(*value);
  };
  std::visit(assign_member, field.member);
}

template <class Fields, class Owner>
void apply_table(const toml::table& table, const std::string& section, const Fields& fields, Owner& owner,
                 const Layer& layer) {
  for (const auto& [key, node] : table) {
    const Key told{section, std::string(key.str())};
    const Key full = present_name(told);
    if (section == preset_section && (full.name == preset_key || full.name == game_key)) continue;
    const auto field =
        std::find_if(fields.begin(), fields.end(), [&](const auto& row) { return row.name == full.name; });
    const std::string where = place(layer, node.source()) + "[" + section + "] ";
    if (layer.of_user && !(full == told)) tell_new_name(where, told, full);
    if (field == fields.end()) throw BadInput(where + "has no " + value_text(key.str()) + suggestion(full));
    assign(owner, *field, node, where);
  }
}

void apply(const Layer& layer, Config& config) {
  for (const auto& entry : layer.document) {
    const std::string name(entry.first.str());
    const toml::node& node = entry.second;
    const std::string where = place(layer, node.source());
    bool known = false;
    for_each_section(config, [&](const std::string& section, const auto& fields, auto& owner) {
      if (name != section) return;
      known = true;
      if (!node.is_table()) throw BadInput(where + "[" + section + "] must be one section of keys");
      apply_table(*node.as_table(), section, fields, owner, layer);
    });
    if (known) continue;
    if (node.is_table())
      throw BadInput(where + "there is no section [" + name + "]; did you mean [" + nearest_section(name) + "]?");
    throw BadInput(where + "the key " + name + " is in no section" + suggestion({"", name}));
  }
}

/// A text of [rules] that is not a field, if the layer has it.
std::optional<std::string> named_in(const Layer& layer, std::string_view key) {
  const toml::table* section = layer.document[preset_section].as_table();
  const toml::node* node = section == nullptr ? nullptr : section->get(key);
  if (node == nullptr) return std::nullopt;
  auto name = read<std::string>(*node);
  if (!name)
    throw BadInput(place(layer, node->source()) + "[rules] " + std::string(key) + " is " + node_text(*node) +
                   "; it must be one of " + all_presets());
  return name;
}

/// The rules of the game that a layer names, if any.
std::optional<Rules> game_of(const Layer& layer) {
  const std::optional<std::string> name = named_in(layer, game_key);
  if (!name) return std::nullopt;
  const std::optional<Rules> rules = find_preset(*name);
  if (!rules)
    throw BadInput(layer.where + ": [rules] game is " + value_text(*name) + "; it must be one of " + all_games());
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
  std::optional<std::string> named_preset;
  std::string told_in;  // where the preset is named
  std::optional<Rules> game;
  for (const std::vector<Layer>& layers : sources)
    for (const Layer& layer : layers) {
      if (const auto named = named_in(layer, preset_key)) {
        named_preset = named;
        told_in = place(layer, layer.document[preset_section][preset_key].node()->source());
      }
      if (const auto named = game_of(layer)) game = named;
    }
  const std::string preset =
      named_preset ? *named_preset : std::string(game ? preset_name(game->game) : Config().preset);
  std::optional<Config> config_of_name = config_of_preset(preset);
  if (game && (!config_of_name || config_of_name->rules.game != game->game)) {
    // What another program wrote by a preset of its own; it says all that this preset said.
    config_of_name = config_of_preset(std::string(preset_name(game->game)));
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
    names.push_back({std::string(file.name), trimmed(line.substr(line.find_first_not_of("# ")))});
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
