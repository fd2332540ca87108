#include "app/film.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "render/video.h"
#include "sim/simulator.h"

namespace matchday {
namespace {

/// Steps over which the ball's trail reaches back.
constexpr std::size_t trail_steps = 8;

Scene scene_of(const Simulator& simulator, int goal) {
  const int n = simulator.rules().players;
  const MatchState& state = simulator.state();
  const auto body = state.bodies.accessor<float, 3>();
  const auto place = [&](int i) { return Scene::Position{body[row_x][i][0], body[row_y][i][0]}; };
  Scene scene;
  for (int i = 0; i < n; ++i) {
    scene.team_a.push_back(place(i));
    scene.team_b.push_back(place(n + i));
  }
  scene.ball = place(2 * n);
  scene.score = {state.score[0][0].item<int>(), state.score[1][0].item<int>()};
  scene.clock = static_cast<float>(state.clock.item<int>());
  scene.goal = goal;
  return scene;
}

/// The ball's last places, oldest first, up to the last kick-off.
std::vector<Scene::Position> trail_of(const std::vector<Scene>& scenes) {
  std::vector<Scene::Position> trail;
  for (std::size_t k = scenes.size() > trail_steps ? scenes.size() - trail_steps : 0; k < scenes.size(); ++k) {
    if (scenes[k].goal != 0) trail.clear();
    trail.push_back(scenes[k].ball);
  }
  return trail;
}

}  // namespace

std::vector<Scene> play_scenes(const Rules& rules, const Policy& a, const Policy& b, std::uint64_t seed) {
  const at::NoGradGuard no_gradient;
  Simulator simulator(rules, {.matches = 1, .seed = seed});
  std::vector<Scene> scenes{scene_of(simulator, 0)};
  for (int t = 0; t < rules.steps; ++t) {
    const at::Tensor before = simulator.state().score.clone();
    simulator.step(act(a, b, simulator));
    const at::Tensor gained = simulator.state().score - before;
    Scene scene = scene_of(simulator, gained[0].item<int>() - gained[1].item<int>());
    scene.trail = scene.goal == 0 ? trail_of(scenes) : std::vector<Scene::Position>{};
    scenes.push_back(std::move(scene));
  }
  return scenes;
}

std::string film_match(const Rules& rules, const Policy& a, const Policy& b, std::uint64_t seed,
                       const std::filesystem::path& path, int width) {
  Video video(path, rules, {a.name, b.name}, {.width = width});  // first, as a path may be refused
  const std::vector<Scene> scenes = play_scenes(rules, a, b, seed);
  for (const Scene& scene : scenes) video.show(scene);
  video.finish();
  return fmt::format("{} {} - {} {}", a.name, scenes.back().score[0], scenes.back().score[1], b.name);
}

}  // namespace matchday
