// A match for tests of pictures, in which the ball and a player of each team move.
#pragma once

#include <vector>

#include "render/scene.h"

namespace matchday {

/// The scenes of a match of `length` steps: of each side's two players one keeps goal and one runs along the pitch,
/// far from the others, and the ball rolls below them. There are no kicks and no goals.
inline std::vector<Scene> some_match(int length) {
  std::vector<Scene> scenes;
  for (int step = 0; step <= length; ++step) {
    const auto clock = static_cast<float>(step);
    const float way = static_cast<float>(step % 60) / 3.0F;  // u, from 0 to 20
    Scene scene;
    scene.team_a = {{-33.0F, 2.0F}, {-28.0F + way, 12.0F}};
    scene.team_b = {{33.0F, 2.0F}, {28.0F - way, 18.0F}};
    scene.ball = {-20.0F + way, -12.0F};
    scene.clock = clock;
    scenes.push_back(scene);
  }
  return scenes;
}

}  // namespace matchday
