// Turns matches into videos and pictures: between the simulator and the render room.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "policy/policy.h"
#include "render/scene.h"
#include "rules/rules.h"

namespace matchday {

/// Plays one whole match on the CPU and gives its scenes: the start, then one after each step.
std::vector<Scene> play_scenes(const Rules& rules, const Policy& a, const Policy& b, std::uint64_t seed);

/// Plays one whole match and writes it as an MP4 of this width in pixels. Gives the final score as "A 2 - 1 B".
std::string film_match(const Rules& rules, const Policy& a, const Policy& b, std::uint64_t seed,
                       const std::filesystem::path& path, int width);

/// Widths of videos: that of `play`; and of those that training makes in passing, which cost a quarter of the time.
inline constexpr int wide_video = 1280;
inline constexpr int small_video = 640;

}  // namespace matchday
