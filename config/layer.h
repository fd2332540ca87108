// One source of settings as TOML: a file, a preset's text, or a single --set. Throws BadInput, with its place, for what
// can't be read.
#pragma once

#include <toml++/toml.h>

#include <optional>
#include <string>
#include <string_view>

#include "config/config.h"

namespace matchday {

/// A layer of settings; later layers override it.
struct Layer {
  toml::table document;
  std::string where;
  bool has_lines;
  bool of_user = true;  ///< written by the user, who is then warned of renamed keys
};

/// "run.toml:3: " or "--set players=3: "
std::string place(const Layer& layer, const toml::source_region& source);

toml::table parse(std::string_view text, const std::string& where);

/// The text of a config's file.
std::string read_text(const std::string& path);

/// A layer of one setting. A value that is not TOML is taken as a string, so that a shell needs no second quotes.
Layer set_layer(const std::string& set);

/// Changes the config by all keys of the layer.
void apply(const Layer& layer, Config& config);

/// A text of [rules] that is not a field, and its place, if the layer has it.
struct Named {
  std::string text;
  std::string where;
};
std::optional<Named> named_in(const Layer& layer, std::string_view key);

}  // namespace matchday
