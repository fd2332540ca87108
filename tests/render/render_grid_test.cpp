// Several matches in one video: each plays in its own place.
#include <opencv2/videoio.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "render/frames.h"
#include "render/grid_video.h"
#include "render/video.h"
#include "rules/bad_input.h"
#include "rules/presets.h"
#include "tests/support/catch.h"
#include "tests/support/folder.h"
#include "tests/support/some_match.h"

namespace matchday {
namespace {

using Pixels = cv::Mat_<cv::Vec3b>;

std::vector<Pixels> frames_of(const std::string& path) {
  cv::VideoCapture video(path, cv::CAP_FFMPEG);
  std::vector<Pixels> frames;
  cv::Mat frame;
  while (video.read(frame)) frames.emplace_back(frame.clone());
  return frames;
}

bool is_white(cv::Vec3b pixel) { return pixel[0] > 200 && pixel[1] > 200 && pixel[2] > 200; }

/// A match of these steps with a goal by A in the first.
std::vector<Scene> with_goal(int steps) {
  std::vector<Scene> match = some_match(steps);
  match[1].goal = 1;
  for (std::size_t k = 1; k < match.size(); ++k) match[k].score = {1, 0};
  return match;
}

}  // namespace

TEST_CASE("a grid shows every match in its place, and waits for the longest", "[render][slow]") {
  const Folder folder;
  const Rules rules = arena();
  const int steps = 10;
  std::vector<std::vector<Scene>> matches(6, some_match(steps));
  matches[2] = with_goal(steps);
  matches[4].back().ball = {0.0F, -12.0F};
  save_grid_video(folder.path / "grid.mp4", rules, {"one", "two"}, {.columns = 3, .rows = 2}, matches);
  CHECK(folder.files() == std::vector<std::string>{"grid.mp4"});

  const std::vector<Pixels> frames = frames_of(folder.file("grid.mp4"));
  const int longest = 2 * kick_off_frames + goal_frames + steps * VideoOptions{}.frames_per_step;
  REQUIRE(static_cast<int>(frames.size()) == longest + grid_end_seconds * frames_per_second);
  const Pixels& end = frames.back();
  CHECK(end.cols > 1900);
  CHECK(end.cols <= 1920);
  CHECK(end.rows % 2 == 0);

  // Each match's picture starts a third of the width after the previous one, and reaches the bottom.
  const int cell_width = (end.cols - 8) / 3;
  const Layout cell = layout_of(rules, cell_width);
  CHECK(cell.width == cell_width);
  const int below_bar = end.rows - 2 * cell.height - 4;
  for (int match = 0; match < 6; ++match) {
    INFO("match " << match);
    const int left = match % 3 * (cell.width + 4);
    const int above = below_bar + match / 3 * (cell.height + 4);
    const Scene::Position ball = matches[static_cast<std::size_t>(match)].back().ball;
    const Scene::Position elsewhere = {match == 4 ? matches[0].back().ball.x : 0.0F, -12.0F};
    const auto pixel = [&](Scene::Position place) {
      const Pixel at = pixel_of(cell, place);
      return end(above + static_cast<int>(at.y), left + static_cast<int>(at.x));
    };
    CHECK(is_white(pixel(ball)));
    if (match == 4) CHECK_FALSE(is_white(pixel(elsewhere)));
  }
}

TEST_CASE("grids of all sizes become videos", "[render][slow]") {
  const Folder folder;
  for (const Grid grid : {Grid{1, 1}, Grid{2, 1}, Grid{6, 1}, Grid{1, 3}}) {
    INFO(grid.columns << "x" << grid.rows);
    const std::vector<std::vector<Scene>> matches(static_cast<std::size_t>(grid.columns * grid.rows), some_match(2));
    save_grid_video(folder.path / "grid.mp4", footyai_v1(), {}, grid, matches);
    const std::vector<Pixels> frames = frames_of(folder.file("grid.mp4"));
    CHECK(static_cast<int>(frames.size()) == kick_off_frames + 4 + grid_end_seconds * frames_per_second);
  }
  CHECK_THROWS_AS(save_grid_video(folder.path / "grid.mp4", arena(), {}, {2, 2}, {some_match(2)}), std::logic_error);
  CHECK_THROWS_AS(save_grid_video(folder.path / "absent/grid.mp4", arena(), {}, {1, 1}, {some_match(2)}), BadInput);
  CHECK(folder.files() == std::vector<std::string>{"grid.mp4"});
}

TEST_CASE("a kick is marked where the ball was, and the mark fades", "[render]") {
  std::vector<Scene> match = some_match(6);
  const Scene::Kick kick{.place = match[1].ball, .clock = 1.0F, .team = 1, .player = 1};
  match[2].kicks = match[3].kicks = match[4].kicks = {kick};
  Frames frames(arena(), 2);
  std::vector<float> ages;
  for (const Scene& scene : match)
    for (const Shown& shown : frames.next(scene))
      for (const Scene::Kick& marked : shown.scene.kicks) ages.push_back(shown.scene.clock - marked.clock);
  CHECK(ages == std::vector<float>{0.5F, 1.0F, 1.5F, 2.0F, 2.5F, 3.0F});
}

}  // namespace matchday
