#include "render/frames.h"

#include <algorithm>
#include <utility>

#include "render/layout.h"

namespace matchday {
namespace {

/// Frames for which the ball's trail stays visible: 0.4 s.
constexpr std::size_t trail_frames = 12;

bool same_teams(const Scene& one, const Scene& other) {
  return one.team_a.size() == other.team_a.size() && one.team_b.size() == other.team_b.size();
}

}  // namespace

Scene ball_in_goal(const Rules& rules, const Scene& earlier, const Scene& last, const Scene& kick_off) {
  Scene scene = last;
  const float side = kick_off.goal > 0 ? 1.0F : -1.0F;
  const float end = rules.half_length + 0.5F * net_depth(rules);
  const float body =
      traits_of(rules.game).has_discs ? rules.post_radius + rules.ball_radius : 1.0F;  // u, clear of the posts
  const float mouth = rules.goal_half_width - body;
  const float dx = last.ball.x - earlier.ball.x;
  const float dy = last.ball.y - earlier.ball.y;
  const bool towards_goal = dx * side > 1e-3F;
  const float slope = towards_goal ? dy / dx : 0.0F;
  scene.ball = {side * end, std::clamp(last.ball.y + slope * (side * end - last.ball.x), -mouth, mouth)};
  scene.clock = kick_off.clock;
  scene.kicks = kick_off.kicks;
  return scene;
}

Frames::Frames(const Rules& rules, int frames_per_step)
    : rules_(rules), frames_per_step_(std::max(frames_per_step, 1)) {}

std::vector<Shown> Frames::next(const Scene& scene) {
  std::vector<Shown> shown;
  if (!started_ || !same_teams(last_, scene) || (scene.goal == 0 && scene.clock < last_.clock)) {
    stand(shown, scene);
  } else if (scene.goal == 0) {
    move(shown, scene);
    earlier_ = std::exchange(last_, scene);
  } else {
    Scene goal = ball_in_goal(rules_, earlier_, last_, scene);
    move(shown, goal);
    goal.goal = scene.goal;
    goal.score = scene.score;
    add(shown, goal, goal_frames);
    stand(shown, scene);
  }
  return shown;
}

void Frames::add(std::vector<Shown>& shown, Scene scene, int frames) {
  scene.trail = trail_;
  trail_.push_back(scene.ball);
  if (trail_.size() > trail_frames) trail_.erase(trail_.begin());
  shown.push_back({std::move(scene), frames});
}

void Frames::move(std::vector<Shown>& shown, const Scene& to) {
  for (int frame = 1; frame < frames_per_step_; ++frame)
    add(shown, between(last_, to, static_cast<float>(frame) / static_cast<float>(frames_per_step_)));
  add(shown, to);
}

void Frames::stand(std::vector<Shown>& shown, Scene scene) {
  scene.goal = 0;
  scene.kicks.clear();
  trail_.clear();
  add(shown, scene, kick_off_frames);
  trail_.clear();
  earlier_ = last_ = std::move(scene);
  started_ = true;
}

}  // namespace matchday
