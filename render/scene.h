// One match at one moment, as the pictures need it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace matchday {

/// Steps for which the mark of a kick stays visible: 0.2 s in a video.
inline constexpr float kick_mark_steps = 3.0F;

struct Scene {
  /// A place on the pitch: u, origin at the centre, +x is where A attacks, +y is up in the picture.
  struct Position {
    float x = 0.0F;
    float y = 0.0F;
  };

  /// A touch of the ball, as the match statistics count it.
  struct Kick {
    Position place;          ///< the ball's when it was kicked
    float clock = 0.0F;      ///< steps played by then
    int team = 0;            ///< +1 A, -1 B
    std::size_t player = 0;  ///< the kicker's number within the team, from 0
    bool passed = false;     ///< completes a pass: the kick before it was a mate's
    bool shot = false;
  };

  std::vector<Position> team_a;  ///< A's players, the first one is drawn as its keeper (arena)
  std::vector<Position> team_b;
  Position ball;
  std::array<int, 2> score{0, 0};  ///< A's and B's goals, including the one in `goal`
  float clock = 0.0F;              ///< steps played; lies between two steps in a video's in-between frames
  int goal = 0;                    ///< who scored in the step that led here: +1 A, -1 B, 0 nobody
  int owner = 0;                   ///< whose ball it was in that step: +1 A's, -1 B's, 0 nobody's
  std::vector<Kick> kicks;         ///< those of the last `kick_mark_steps` steps, oldest first; may stay empty
  std::vector<Position> trail;     ///< where the ball was shortly before, oldest first; may stay empty
};

struct TeamNames {
  std::string a = "A";
  std::string b = "B";
};

/// The scene at `share` (0 to 1) of the way between two: bodies and clock move evenly, the kicks are those of `to`, all
/// else is as in `from`. Both need the same numbers of players.
inline Scene between(const Scene& from, const Scene& to, float share) {
  const auto mix = [share](float a, float b) { return a + (b - a) * share; };
  const auto move = [&mix](Scene::Position a, Scene::Position b) {
    return Scene::Position{mix(a.x, b.x), mix(a.y, b.y)};
  };
  Scene scene = from;
  std::transform(from.team_a.begin(), from.team_a.end(), to.team_a.begin(), scene.team_a.begin(), move);
  std::transform(from.team_b.begin(), from.team_b.end(), to.team_b.begin(), scene.team_b.begin(), move);
  scene.ball = move(from.ball, to.ball);
  scene.clock = mix(from.clock, to.clock);
  scene.kicks = to.kicks;
  return scene;
}

}  // namespace matchday
