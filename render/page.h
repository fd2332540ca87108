// A match as a web page that plays it.
#pragma once

#include <filesystem>
#include <vector>

#include "render/scene.h"
#include "rules/rules.h"

namespace matchday {

/// The largest coordinate in a page, in half lengths from the centre; bodies farther away, far out of sight, are
/// clamped to it.
inline constexpr float page_reach = 4.0F;

/// Resolution of a page's coordinates, u: they are 16-bit numbers (5 thousandths of a u in arena, a 15th of a pixel).
inline float page_unit(const Rules& rules) { return page_reach * rules.half_length / 32767.0F; }

/// Writes one HTML file that needs neither a server nor a network: the match, to be played, paused and searched, its
/// goals, maps of where the teams were and where they shot from, and a table. `scenes` are the whole match, the start
/// first; trails are drawn from the ball's places. If the file can't be written, throws a std::runtime_error that names
/// the path (BadInput if the path itself is to blame); if the match has no scenes or its teams change, a
/// std::logic_error.
void save_page(const std::filesystem::path& path, const Rules& rules, const TeamNames& names,
               const std::vector<Scene>& scenes);

}  // namespace matchday
