// Turns matches into videos, pictures and pages: between the simulator and the render room.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "policy/policy.h"
#include "render/scene.h"
#include "rules/rules.h"

namespace matchday {

/// The scenes of one match: the start, then one after each step.
using Film = std::vector<Scene>;

/// Plays the first `matches` matches of a seed on the CPU, whole and all at once.
std::vector<Film> play_matches(const Rules& rules, const Policy& a, const Policy& b, std::uint64_t seed, int matches);

/// Plays the first match of a seed.
Film play_match(const Rules& rules, const Policy& a, const Policy& b, std::uint64_t seed);

/// The final score as "A 2 - 1 B".
std::string final_score(const TeamNames& names, const Film& film);

/// Plays one whole match and writes it as an MP4 of this width in pixels. Gives the final score.
std::string film_match(const Rules& rules, const Policy& a, const Policy& b, std::uint64_t seed,
                       const std::filesystem::path& path, int width);

/// Widths of videos: that of `play`; and of those that training makes in passing, which cost a quarter of the time.
inline constexpr int wide_video = 1280;
inline constexpr int small_video = 640;

}  // namespace matchday
