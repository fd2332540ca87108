# Run when a preset changed: writes HEADER with the text of every configs/presets/NAME.toml in FOLDER.
file(GLOB paths ${FOLDER}/*.toml)
set(rows "")
foreach(path IN LISTS paths)
  cmake_path(GET path STEM LAST_ONLY name)
  file(READ ${path} text)
  string(APPEND rows "    {\"${name}\", R\"TOML(${text})TOML\"},\n")
endforeach()

file(WRITE ${HEADER} "// Written by the build from configs/presets/.
#pragma once

#include <string_view>

namespace matchday {

struct PresetFile {
  std::string_view name;
  std::string_view text;
};

inline constexpr PresetFile preset_files[] = {
${rows}};

}  // namespace matchday
")
