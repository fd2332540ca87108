#include "app/film.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>

#include "evaluate/match_statistics.h"
#include "render/video.h"

namespace matchday {
namespace {

/// Length of the ball's trail, in steps.
constexpr std::size_t trail_steps = 8;

Scene scene_of(const Simulator& simulator, int match) {
  const int n = simulator.rules().players;
  const MatchState& state = simulator.state();
  const auto body = state.bodies.accessor<float, 3>();
  const auto place = [&](int i) { return Scene::Position{body[row_x][i][match], body[row_y][i][match]}; };
  Scene scene;
  for (int i = 0; i < n; ++i) {
    scene.team_a.push_back(place(i));
    scene.team_b.push_back(place(n + i));
  }
  scene.ball = place(2 * n);
  const auto score = state.score.accessor<int, 2>();
  scene.score = {score[0][match], score[1][match]};
  scene.clock = static_cast<float>(state.clock.accessor<int, 1>()[match]);
  return scene;
}

/// Which team's count a step increased: +1 A's, -1 B's, else 0.
int whose(const at::Tensor& before, const at::Tensor& after, int match) {
  const auto earlier = before.accessor<int, 2>();
  const auto later = after.accessor<int, 2>();
  return (later[0][match] - earlier[0][match]) - (later[1][match] - earlier[1][match]);
}

/// Adds what the statistics counted in the step from `last` to `scene`.
void add_step(Scene& scene, const Scene& last, const MatchStatistics& before, const MatchStatistics& after, int match) {
  const std::size_t n = scene.team_a.size();
  scene.goal = (scene.score[0] - last.score[0]) - (scene.score[1] - last.score[1]);
  scene.owner = whose(before.possession, after.possession, match);
  if (last.goal == 0) scene.kicks = last.kicks;
  std::erase_if(scene.kicks, [&](const Scene::Kick& kick) { return scene.clock - kick.clock > kick_mark_steps; });
  const std::int64_t kicker = after.kicker.accessor<std::int64_t, 1>()[match];
  if (kicker < 0) return;
  const auto player = static_cast<std::size_t>(kicker);
  scene.kicks.push_back({.place = last.ball,
                         .clock = last.clock,
                         .team = player < n ? 1 : -1,
                         .player = player % n,
                         .passed = whose(before.passes, after.passes, match) != 0,
                         .shot = whose(before.shots, after.shots, match) != 0});
}

/// The ball's last places, oldest first, back to the last kick-off at most.
std::vector<Scene::Position> trail_of(const Film& film) {
  std::vector<Scene::Position> trail;
  for (std::size_t k = film.size() > trail_steps ? film.size() - trail_steps : 0; k < film.size(); ++k) {
    if (film[k].goal != 0) trail.clear();
    trail.push_back(film[k].ball);
  }
  return trail;
}

/// A copy of the counts that are used here, which later steps do not change.
MatchStatistics clone(const MatchStatistics& statistics) {
  MatchStatistics counts = statistics;
  for (at::Tensor* count : {&counts.possession, &counts.passes, &counts.shots}) *count = count->clone();
  return counts;
}

}  // namespace

std::vector<Film> films_of(const RecordedMatches& recorded) {
  const at::NoGradGuard no_gradient;
  const Rules& rules = recorded.rules;
  const auto matches = static_cast<int>(recorded.matches());
  Simulator simulator = recorded_start(recorded, at::kCPU);
  MatchStatistics statistics = no_statistics(rules, matches, at::kCPU);
  std::vector<Film> films(static_cast<std::size_t>(matches));
  for (int match = 0; match < matches; ++match)
    films[static_cast<std::size_t>(match)].push_back(scene_of(simulator, match));
  for (std::int64_t t = 0; t < recorded.steps(); ++t) {
    const MatchState before = clone(simulator.state());
    const MatchStatistics counted = clone(statistics);
    const at::Tensor action = recorded.action[t];
    simulator.step(action);
    count_step(statistics, rules, before, action, simulator.state());
    for (int match = 0; match < matches; ++match) {
      Film& film = films[static_cast<std::size_t>(match)];
      Scene scene = scene_of(simulator, match);
      add_step(scene, film.back(), counted, statistics, match);
      if (scene.goal == 0) scene.trail = trail_of(film);
      film.push_back(std::move(scene));
    }
  }
  return films;
}

std::string final_score(const TeamNames& names, const Film& film) {
  return fmt::format("{} {} - {} {}", names.a, film.back().score[0], film.back().score[1], names.b);
}

std::string film_match(const RecordedMatches& recorded, const std::filesystem::path& path, int width) {
  const TeamNames names{recorded.team_a, recorded.team_b};
  Video video(path, recorded.rules, names, {.width = width});
  const Film film = films_of(recorded).front();
  for (const Scene& scene : film) video.show(scene);
  video.finish();
  return final_score(names, film);
}

}  // namespace matchday
