// Several matches in one video.
#pragma once

#include <filesystem>
#include <vector>

#include "render/scene.h"
#include "rules/rules.h"

namespace matchday {

/// How matches are arranged in a picture.
struct Grid {
  int columns;
  int rows;
};

/// Most columns and rows of a grid: six pictures of the least width fill 1,920 px.
inline constexpr int most_in_grid = 6;

/// Seconds for which the last frame is shown, so that the totals can be read.
inline constexpr int grid_end_seconds = 2;

/// Writes an H.264 MP4 file of matches that run at the same time, each with its score and clock, below a bar with the
/// goals and wins of all together. Each match is shown as in a Video; the ones without goals are over first and wait
/// for the others. `matches` must fill the grid, in rows from the upper left, each with all its scenes. If the file
/// can't be written, throws a std::runtime_error that names the path (BadInput if the path itself is to blame); if the
/// matches don't fill the grid, a std::logic_error.
void save_grid_video(const std::filesystem::path& path, const Rules& rules, const TeamNames& names, Grid grid,
                     const std::vector<std::vector<Scene>>& matches);

}  // namespace matchday
