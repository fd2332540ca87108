// The frames in which a video shows a match.
#pragma once

#include <vector>

#include "render/scene.h"
#include "rules/rules.h"

namespace matchday {

/// Frames for which a goal is celebrated: 0.7 s.
inline constexpr int goal_frames = 21;

/// Frames for which the teams stand at the start and at kick-offs, so that the eye finds the ball again: 0.2 s.
inline constexpr int kick_off_frames = 6;

/// A scene and the number of frames for which it is shown.
struct Shown {
  Scene scene;
  int frames = 1;
};

/// The moment before a kick-off, which the rules skip: the ball in the goal. The ball keeps the direction that it had
/// from `earlier` to `last`, but always enters the mouth of the goal that `kick_off.goal` means.
Scene ball_in_goal(const Rules& rules, const Scene& earlier, const Scene& last, const Scene& kick_off);

/// Turns the scenes of matches into frames, one after the other. Makes the ball's trail itself; that of a given scene
/// is not used.
class Frames {
 public:
  Frames(const Rules& rules, int frames_per_step);

  /// The frames that show the next scene. The first scene, or one whose clock went back, is shown for
  /// `kick_off_frames`; a later one is reached in `frames_per_step` frames. A scene with a goal is the kick-off after
  /// it: the ball first enters the goal in `frames_per_step` frames, the goal is celebrated for `goal_frames`, then the
  /// kick-off is shown for `kick_off_frames`.
  std::vector<Shown> next(const Scene& scene);

 private:
  void add(std::vector<Shown>& shown, Scene scene, int frames = 1);
  void move(std::vector<Shown>& shown, const Scene& to);
  void stand(std::vector<Shown>& shown, Scene scene);

  Rules rules_;
  int frames_per_step_;
  std::vector<Scene::Position> trail_;
  Scene earlier_;  ///< the scene before `last_`
  Scene last_;
  bool started_ = false;
};

}  // namespace matchday
