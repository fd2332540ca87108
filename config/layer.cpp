#include "config/layer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <type_traits>
#include <utility>

#include "config/config_sections.h"

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
    using Value = std::remove_cvref_t<decltype(get(owner, member))>;
    const auto value = read<Value>(node);
    if (!value || !allows(field, *value)) throw BadInput(where + not_allowed(field, node_text(node)));
    set(owner, member, static_cast<Value>(*value));
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

}  // namespace

std::string place(const Layer& layer, const toml::source_region& source) {
  return layer.has_lines ? fmt::format("{}:{}: ", layer.where, source.begin.line) : layer.where + ": ";
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

std::optional<Named> named_in(const Layer& layer, std::string_view key) {
  const toml::table* section = layer.document[preset_section].as_table();
  const toml::node* node = section == nullptr ? nullptr : section->get(key);
  if (node == nullptr) return std::nullopt;
  const auto name = read<std::string>(*node);
  const std::string where = place(layer, node->source());
  if (!name)
    throw BadInput(where + "[rules] " + std::string(key) + " is " + node_text(*node) + "; it must be one of " +
                   all_presets());
  return Named{*name, where};
}

}  // namespace matchday
