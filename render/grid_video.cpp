#include "render/grid_video.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <optional>
#include <stdexcept>
#include <string>

#include "render/draw.h"
#include "render/frames.h"
#include "render/palette.h"
#include "render/pitch.h"
#include "render/shapes.h"
#include "render/text.h"
#include "render/video.h"
#include "render/video_file.h"

namespace matchday {
namespace {

/// Width of a grid's pictures together, and the largest width of one of them, px.
constexpr int grid_width = 1920;
constexpr int widest_cell = 640;

/// Between two pictures, px; even, as H.264 requires.
constexpr int space_between = 4;

/// One match of the grid.
struct Cell {
  Cell(const Rules& rules, const std::vector<Scene>& match)
      : scenes(match), frames(rules, VideoOptions{}.frames_per_step) {}

  /// Draws the next frame at the pen's origin. Returns whether there was one.
  bool advance(const Painter& painter, cairo_t* pen) {
    if (to_show.empty() && next < scenes.size())
      for (Shown& shown : frames.next(scenes[next++])) to_show.push_back(std::move(shown));
    if (to_show.empty()) return false;
    Shown& shown = to_show.front();
    if (!painted) painter.paint(shown.scene, pen);
    score = shown.scene.score;
    painted = --shown.frames > 0;
    if (!painted) to_show.pop_front();
    return true;
  }

  const std::vector<Scene>& scenes;
  std::size_t next = 0;
  Frames frames;
  std::deque<Shown> to_show;
  bool painted = false;  ///< the image shows the next frame already
  std::array<int, 2> score{0, 0};
};

/// The places of the matches, px. All numbers are even, as H.264 requires it of the whole picture.
struct Places {
  Places(const Rules& rules, Grid grid)
      : cell(layout_of(rules, std::min(widest_cell, (grid_width - (grid.columns - 1) * space_between) / grid.columns))),
        columns(grid.columns),
        whole(layout_of(rules, grid.columns * cell.width + (grid.columns - 1) * space_between)),
        bar(static_cast<int>(std::lround(whole.bar / 2.0F)) * 2) {
    whole.height = bar + grid.rows * (cell.height + space_between);
  }

  /// Draws within one match's place.
  template <typename Draw>
  void draw_within(cairo_t* pen, std::size_t match, const Draw& draw) const {
    const int column = static_cast<int>(match) % columns;
    const int row = static_cast<int>(match) / columns;
    cairo_save(pen);
    cairo_translate(pen, column * (cell.width + space_between),
                    bar + space_between + row * (cell.height + space_between));
    cairo_rectangle(pen, 0.0, 0.0, cell.width, cell.height);
    cairo_clip(pen);
    draw();
    cairo_restore(pen);
  }

  Layout cell;
  int columns;
  Layout whole;  ///< for its bar
  int bar;       ///< px, height
};

/// All matches together.
struct Total {
  std::array<int, 2> goals{0, 0};
  std::array<int, 2> ahead{0, 0};  ///< matches in which each team is ahead or, if they are over, has won
  bool over = false;

  bool operator==(const Total&) const = default;
};

Total total_of(const std::vector<Cell>& cells, bool over) {
  Total total{.over = over};
  for (const Cell& cell : cells) {
    const auto [a, b] = cell.score;
    total.goals[0] += a;
    total.goals[1] += b;
    if (a != b) ++total.ahead[a > b ? 0 : 1];
  }
  return total;
}

void draw_total(cairo_t* pen, const Layout& layout, const TeamNames& names, const Total& total) {
  draw_score_bar(pen, names, layout);
  draw_goals(pen, layout, total.goals);
  const float middle = score_box(layout, true).middle.y;
  draw_text(pen, total.over ? "WON" : "AHEAD", {layout.centre_x, middle - sized(layout, 16.0F)},
            {sized(layout, 10.0F), Align::centre, quiet_text_colour});
  draw_text(pen, std::to_string(total.ahead[0]) + " - " + std::to_string(total.ahead[1]),
            {layout.centre_x, middle + sized(layout, 9.0F)}, {sized(layout, 17.0F), Align::centre, white});
}

}  // namespace

void save_grid_video(const std::filesystem::path& path, const Rules& rules, const TeamNames& names, Grid grid,
                     const std::vector<std::vector<Scene>>& matches) {
  if (matches.empty() || matches.size() != static_cast<std::size_t>(grid.columns) * static_cast<std::size_t>(grid.rows))
    throw std::logic_error("as many matches as the grid holds");
  const Places places(rules, grid);
  const Painter painter(rules, names, places.cell.width);
  const Image image(places.whole.width, places.whole.height);
  VideoFile file(path, image.width(), image.height());
  set_colour(image.pen(), bar_colour);
  cairo_paint(image.pen());
  std::vector<Cell> cells;
  for (const std::vector<Scene>& match : matches) cells.emplace_back(rules, match);
  std::optional<Total> drawn;
  for (bool over = false; !over;) {
    over = true;
    for (std::size_t match = 0; match < cells.size(); ++match)
      places.draw_within(image.pen(), match, [&] {
        if (cells[match].advance(painter, image.pen())) over = false;
      });
    const Total total = total_of(cells, over);
    if (drawn != total) draw_total(image.pen(), places.whole, names, total);
    drawn = total;
    file.write(image, over ? grid_end_seconds * frames_per_second : 1);
  }
  file.finish();
}

}  // namespace matchday
