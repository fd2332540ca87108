// Pictures and videos: read back and measured.
#include <unistd.h>
#include <algorithm>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/videoio.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "render/layout.h"
#include "render/picture.h"
#include "render/video.h"
#include "rules/bad_input.h"
#include "rules/presets.h"
#include "tests/support/catch.h"
#include "tests/support/folder.h"

namespace matchday {
namespace {

using Pixels = cv::Mat_<cv::Vec3b>;

/// Two players a side, all of them far from the lines of every preset's pitch.
Scene some_scene() {
  Scene scene;
  scene.team_a = {{-33.0F, 2.0F}, {-15.0F, 10.0F}};
  scene.team_b = {{33.0F, 2.0F}, {15.0F, 10.0F}};
  scene.ball = {-12.0F, -12.0F};
  scene.clock = 20.0F;
  return scene;
}

Pixels picture_of(const Rules& rules, const Scene& scene, int width = default_picture_width,
                  const TeamNames& names = {}) {
  const Folder folder;
  save_picture(folder.path / "picture.png", rules, names, scene, width);
  return cv::imread((folder.path / "picture.png").string());
}

cv::Vec3b pixel_at(const Pixels& image, float x, float y) { return image(static_cast<int>(y), static_cast<int>(x)); }

bool is_blue(cv::Vec3b pixel) { return pixel[0] > 120 && pixel[0] > pixel[1] + 60 && pixel[0] > pixel[2] + 60; }
bool is_orange(cv::Vec3b pixel) { return pixel[2] > 150 && pixel[2] > pixel[0] + 80 && pixel[2] > pixel[1] + 80; }

/// The smallest rectangle around the pixels that differ much between two pictures, near a place.
cv::Rect2f changed_part(const Pixels& one, const Pixels& other, Pixel middle, float reach, int least_change) {
  int left = one.cols;
  int above = one.rows;
  int right = -1;
  int below = -1;
  for (int y = static_cast<int>(middle.y - reach); y <= static_cast<int>(middle.y + reach); ++y)
    for (int x = static_cast<int>(middle.x - reach); x <= static_cast<int>(middle.x + reach); ++x) {
      int change = 0;
      for (int channel = 0; channel < 3; ++channel)
        change = std::max(change, std::abs(one(y, x)[channel] - other(y, x)[channel]));
      if (change < least_change) continue;
      left = std::min(left, x), right = std::max(right, x);
      above = std::min(above, y), below = std::max(below, y);
    }
  return cv::Rect(left, above, right + 1 - left, below + 1 - above);
}

/// Checks that a body at `place` changes a disc of `radius` u there and nothing else much.
void check_disc(const Rules& rules, const Scene& with, const Scene& without, Scene::Position place, float radius,
                int width, int least_change) {
  const Layout layout = layout_of(rules, width);
  const Pixel middle = pixel_of(layout, place);
  const cv::Rect2f part = changed_part(picture_of(rules, with, width), picture_of(rules, without, width), middle,
                                       2.0F * radius * layout.scale, least_change);
  CHECK(std::abs(part.x + 0.5F * part.width - middle.x) <= 1.0F);
  CHECK(std::abs(part.y + 0.5F * part.height - middle.y) <= 1.0F);
  CHECK(std::abs(0.5F * part.width - radius * layout.scale) <= 1.0F);
  CHECK(std::abs(0.5F * part.height - radius * layout.scale) <= 1.0F);
}

std::vector<Pixels> frames_of(const std::filesystem::path& path) {
  cv::VideoCapture video(path.string(), cv::CAP_FFMPEG);
  std::vector<Pixels> frames;
  cv::Mat frame;
  while (video.read(frame)) frames.emplace_back(frame.clone());
  return frames;
}

/// The error message if the action fails, else empty.
template <typename Action>
std::string error_of(Action action) {
  try {
    action();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

constexpr int body_change = 90;  // more than a shadow's change, less than half of a white outline's

}  // namespace

TEST_CASE("a video has the size, the frames and the codec that were promised", "[render][slow]") {
  for (const Preset& preset : presets) {
    INFO(preset.name);
    const Rules rules = preset.rules();
    const Folder folder;
    const std::filesystem::path path = folder.path / "match.mp4";
    VideoOptions options;
    options.width = 641;  // becomes 640
    options.frames_per_step = 3;
    Video video(path, rules, {"one", "two"}, options);
    Scene scene = some_scene();
    video.show(scene);
    for (int step = 0; step < 9; ++step) {
      scene.clock += 1.0F;
      scene.goal = step == 4 ? -1 : 0;
      scene.score[1] += step == 4 ? 1 : 0;
      video.show(scene);
    }
    CHECK(folder.files() == std::vector<std::string>{"match.mp4.partial-" + std::to_string(getpid()) + "-0.mp4"});
    video.finish();
    CHECK(folder.files() == std::vector<std::string>{"match.mp4"});

    cv::VideoCapture capture(path.string(), cv::CAP_FFMPEG);
    const Layout layout = layout_of(rules, options.width);
    CHECK(layout.width == 640);
    CHECK(layout.height % 2 == 0);
    CHECK(std::lround(capture.get(cv::CAP_PROP_FRAME_WIDTH)) == layout.width);
    CHECK(std::lround(capture.get(cv::CAP_PROP_FRAME_HEIGHT)) == layout.height);
    CHECK(std::lround(capture.get(cv::CAP_PROP_FPS)) == frames_per_second);
    const long fourcc = std::lround(capture.get(cv::CAP_PROP_FOURCC));
    CHECK((fourcc == cv::VideoWriter::fourcc('a', 'v', 'c', '1') ||
           fourcc == cv::VideoWriter::fourcc('h', '2', '6', '4')));

    const std::vector<Pixels> frames = frames_of(path);
    CHECK(frames.size() == 2 * kick_off_frames + 9 * 3 + goal_frames);
    for (const Pixels& frame : frames) {
      cv::Scalar mean;
      cv::Scalar deviation;
      cv::meanStdDev(frame, mean, deviation);
      REQUIRE(mean[1] > 60.0);       // grass
      REQUIRE(deviation[1] > 10.0);  // and something on it
    }
  }
}

TEST_CASE("a default match of 180 steps lasts about 12 seconds", "[render]") {
  CHECK(VideoOptions{}.frames_per_step * 180 == 12 * frames_per_second);
  for (const Preset& preset : presets) {
    const Layout layout = layout_of(preset.rules());
    CHECK(layout.width == 1280);
    CHECK(layout.height > 720);
    CHECK(layout.height < 900);
    const Rules rules = preset.rules();  // the pitch has its own proportions and lies below the bar, within the picture
    const Pixel corner = pixel_of(layout, {-rules.half_length, rules.half_width});
    const Pixel opposite = pixel_of(layout, {rules.half_length, -rules.half_width});
    CHECK((opposite.x - corner.x) / (opposite.y - corner.y) == Approx(rules.half_length / rules.half_width));
    CHECK(corner.x < 0.06F * static_cast<float>(layout.width));
    CHECK(corner.y > layout.bar);
    CHECK(opposite.y < static_cast<float>(layout.height));
    CHECK(pixel_of(layout, {-rules.half_length - net_depth(rules), 0.0F}).x > 0.0F);
  }
}

TEST_CASE("bodies are drawn where they stand at their true size", "[render]") {
  const Rules rules = arena();
  for (const int width : {1280, 640})
    for (const Scene::Position place : {Scene::Position{-15.0F, 10.0F}, {-14.96F, 10.03F}, {16.2F, -9.77F}}) {
      INFO(width << " px, at " << place.x << ", " << place.y);
      Scene without = some_scene();
      without.team_a[1] = {-30.0F, -22.0F};
      Scene with = without;
      with.team_a[1] = place;
      check_disc(rules, with, without, place, rules.player_radius, width, body_change);

      without.ball = {-30.0F, 22.0F};
      with = without;
      with.ball = place;
      check_disc(rules, with, without, place, rules.ball_radius, width, body_change);
    }
}

TEST_CASE("point players show their kick reach", "[render]") {
  const Rules rules = footyai_v1();
  Scene without = some_scene();
  without.team_b[1] = {35.0F, -26.0F};
  Scene with = without;
  with.team_b[1] = {15.0F, 10.3F};
  const int ring_change = 40;  // the ring is a faint line
  check_disc(rules, with, without, with.team_b[1], rules.kick_reach, 1280, ring_change);
}

TEST_CASE("the teams are told apart by their colours, and keepers from their teams", "[render]") {
  for (const Preset& preset : presets) {
    INFO(preset.name);
    const Rules rules = preset.rules();
    const Scene scene = some_scene();
    const Pixels image = picture_of(rules, scene);
    const Layout layout = layout_of(rules);
    const auto shirt = [&](Scene::Position place) {  // left of the number
      const float left = rules.game == Game::arena ? 0.6F * rules.player_radius : 0.0F;
      const Pixel pixel = pixel_of(layout, {place.x - left, place.y});
      return pixel_at(image, pixel.x, pixel.y);
    };
    CHECK(is_blue(shirt(scene.team_a[1])));
    CHECK(is_orange(shirt(scene.team_b[1])));
    CHECK((shirt(scene.team_a[0]) != shirt(scene.team_a[1])) == (rules.game == Game::arena));
    CHECK((shirt(scene.team_b[0]) != shirt(scene.team_b[1])) == (rules.game == Game::arena));
    const Pixel ball = pixel_of(layout, scene.ball);
    CHECK(pixel_at(image, ball.x, ball.y) == cv::Vec3b(255, 255, 255));
  }
}

TEST_CASE("long names leave the score and the picture's edge alone", "[render]") {
  const Scene scene = some_scene();
  const std::string endless(400, 'W');
  const Pixels plain = picture_of(arena(), scene, 1280, {"", ""});
  const Pixels named = picture_of(arena(), scene, 1280, {endless, "\xC3\xA9" + endless});
  const int bar = static_cast<int>(layout_of(arena()).bar);
  const auto same = [&](int left, int right) {
    const cv::Rect part(left, 0, right - left, bar);
    return cv::norm(plain(part), named(part), cv::NORM_INF) == 0.0;
  };
  CHECK(same(490, 790));    // the score and the clock
  CHECK(same(0, 12));       // the left edge
  CHECK(same(1268, 1280));  // the right edge
  CHECK_FALSE(same(12, 490));
  CHECK_FALSE(same(790, 1268));
}

TEST_CASE("names are written in their own script, and what is no text is no harm", "[render]") {
  const auto drawn = [](const std::string& name) { return picture_of(arena(), some_scene(), 1280, {name, "B"}); };
  const auto same = [](const Pixels& one, const Pixels& other) { return cv::norm(one, other, cv::NORM_INF) == 0.0; };
  const std::vector<std::string> names{"e", "\u00E9", "\u0416", "\u0416\u0416", "\u0394", "?", "\xFF"};
  for (std::size_t one = 0; one < names.size(); ++one)
    for (std::size_t other = 0; other < one; ++other) {
      INFO(names[one] << " and " << names[other]);
      CHECK_FALSE(same(drawn(names[one]), drawn(names[other])));
    }
  CHECK(same(drawn("\xFF"), drawn("\uFFFD")));
}

TEST_CASE("a goal is celebrated in its team's colour, and nobody runs to the kick-off", "[render]") {
  const Rules rules = arena();
  for (const int goal : {1, -1, 0}) {
    INFO("goal " << goal);
    const Folder folder;
    VideoOptions options;
    options.width = 640;
    Video video(folder.path / "match.mp4", rules, {}, options);
    Scene scene = some_scene();
    scene.team_a[1] = {-20.0F, -18.0F};
    scene.ball = {goal < 0 ? -38.0F : 38.0F, 5.0F};
    video.show(scene);
    scene.clock += 1.0F;
    scene.goal = goal;
    scene.team_a[1] = {20.0F, -18.0F};  // (0, -18) is half-way there
    scene.ball = {0.0F, 0.0F};
    video.show(scene);
    video.finish();

    const Layout layout = layout_of(rules, options.width);
    const Pixel card{layout.centre_x - 80.0F, layout.centre_y};
    const Pixel half_way = pixel_of(layout, {-0.8F, -18.0F});
    const float side = goal > 0 ? 1.0F : -1.0F;
    const Pixel net = pixel_of(layout, {side * (rules.half_length + 0.5F * net_depth(rules)), 5.0F});
    int celebrating = 0;
    int running = 0;
    int ball_in_net = 0;
    for (const Pixels& frame : frames_of(folder.path / "match.mp4")) {
      const cv::Vec3b colour = pixel_at(frame, card.x, card.y);
      celebrating += goal > 0 ? is_blue(colour) : is_orange(colour);
      running += is_blue(pixel_at(frame, half_way.x, half_way.y));
      const cv::Vec3b in_net = pixel_at(frame, net.x, net.y);
      ball_in_net += *std::min_element(in_net.val, in_net.val + 3) > 200;
    }
    CHECK(celebrating == (goal == 0 ? 0 : goal_frames));
    CHECK(running == (goal == 0 ? 1 : 0));
    CHECK(ball_in_net == (goal == 0 ? 0 : goal_frames + 1));
  }
}

TEST_CASE("another match in the same video starts without running to its start", "[render]") {
  const Folder folder;
  Video video(folder.path / "match.mp4", arena(), {});
  Scene scene = some_scene();
  video.show(scene);
  scene.clock = 0.0F;
  video.show(scene);
  video.finish();
  CHECK(frames_of(folder.path / "match.mp4").size() == kick_off_frames + kick_off_frames);
  CHECK_THROWS_AS(video.show(scene), std::logic_error);
}

TEST_CASE("in-between scenes move all bodies and the clock evenly", "[render]") {
  Scene from = some_scene();
  Scene to = from;
  to.team_a[1].x += 4.0F;
  to.team_b[0].y -= 2.0F;
  to.ball = {0.0F, 0.0F};
  to.clock += 1.0F;
  to.score = {1, 0};
  const Scene middle = between(from, to, 0.25F);
  CHECK(middle.team_a[1].x == Approx(from.team_a[1].x + 1.0F));
  CHECK(middle.team_b[0].y == Approx(from.team_b[0].y - 0.5F));
  CHECK(middle.ball.x == Approx(0.75F * from.ball.x));
  CHECK(middle.clock == Approx(from.clock + 0.25F));
  CHECK(middle.score == from.score);
}

TEST_CASE("what cannot be written is said in a sentence with its path and leaves no file", "[render]") {
  const Folder folder;
  std::filesystem::create_directory(folder.path / "taken");
  for (const std::filesystem::path& path : {folder.path / "missing" / "match.mp4", folder.path / "taken"}) {
    const std::string start = path.string() + ": cannot be written: ";
    CHECK(error_of([&] { Video(path, arena(), {}); }).starts_with(start));
    CHECK(error_of([&] { save_picture(path, arena(), {}, some_scene()); }).starts_with(start));
    CHECK_THROWS_AS(Video(path, arena(), {}), BadInput);
  }
  CHECK(folder.files() == std::vector<std::string>{"taken"});
  CHECK(std::filesystem::is_empty(folder.path / "taken"));
}

TEST_CASE("an abandoned video leaves nothing and spares the file that was there", "[render]") {
  const Folder folder;
  const std::filesystem::path path = folder.path / "match.mp4";
  std::ofstream(path) << "earlier";
  {
    Video video(path, arena(), {});
    video.show(some_scene());
    CHECK(folder.files() ==
          std::vector<std::string>{"match.mp4", "match.mp4.partial-" + std::to_string(getpid()) + "-0.mp4"});
  }
  CHECK(folder.files() == std::vector<std::string>{"match.mp4"});
  CHECK(std::filesystem::file_size(path) == 7);

  Video empty(path, arena(), {});  // a video without frames is an error
  CHECK(error_of([&] { empty.finish(); }).starts_with(path.string() + ": cannot be written: "));
  CHECK(std::filesystem::file_size(path) == 7);
}

TEST_CASE("broken positions draw nothing and do no harm", "[render]") {
  Scene scene = some_scene();
  scene.team_a[0] = {std::nanf(""), 0.0F};
  scene.team_b[0] = {1e30F, -1e30F};
  scene.ball = {INFINITY, std::nanf("")};
  scene.trail = {{0.0F, 0.0F}, {std::nanf(""), 3.0F}};
  CHECK_FALSE(picture_of(arena(), scene).empty());
}

}  // namespace matchday
