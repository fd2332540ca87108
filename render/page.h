// A match as a web page that plays it.
#pragma once

#include <filesystem>
#include <vector>

#include "render/scene.h"
#include "rules/rules.h"

namespace matchday {

/// How many half lengths from the centre a page can tell where somebody is; who is farther away, far out of sight,
/// stands there.
inline constexpr float page_reach = 4.0F;

/// Steps of a page's coordinates, u: they are 16-bit numbers (5 thousandths of a u in arena, a 15th of a pixel).
inline float page_unit(const Rules& rules) { return page_reach * rules.half_length / 32767.0F; }

/// Writes one HTML file that needs nothing else, neither a server nor a network: the match to be played, paused and
/// sought through, its goals, where the teams were, where they shot from, and a table. `scenes` are the whole match,
/// the start first; trails are drawn from the ball's places. What cannot be written is a std::runtime_error that names
/// the path (BadInput if the path itself is to blame), a match without scenes or with teams that change a
/// std::logic_error.
void save_page(const std::filesystem::path& path, const Rules& rules, const TeamNames& names,
               const std::vector<Scene>& scenes);

}  // namespace matchday
