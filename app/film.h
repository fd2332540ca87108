// Turns recorded matches into scenes, from which render/ makes videos, pictures and pages.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "evaluate/match_file.h"
#include "render/scene.h"

namespace matchday {

/// The scenes of one match: the start, then one after each step.
using Film = std::vector<Scene>;

/// Plays recorded matches again, on the CPU.
std::vector<Film> films_of(const RecordedMatches& recorded);

/// The final score as "A 2 - 1 B".
std::string final_score(const TeamNames& names, const Film& film);

/// Writes the first of the matches as an MP4 of this width in pixels. Returns the final score.
std::string film_match(const RecordedMatches& recorded, const std::filesystem::path& path, int width);

/// Widths of videos, px: for `play`, and for those that training makes on the way, which take a quarter of the time.
inline constexpr int wide_video = 1280;
inline constexpr int small_video = 640;

}  // namespace matchday
