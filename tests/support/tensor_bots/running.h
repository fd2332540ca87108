// Where to run: to places, to the ball, into the goal's way.
#pragma once

#include "rules/duties.h"
#include "tests/support/tensor_bots/own_view.h"

namespace matchday::tensor_bots {

/// Moves [2, N, B] towards a point for each player, [2, 1 or N, B]: at full speed, slower close to it.
at::Tensor run_to(const OwnView& view, const at::Tensor& target);

/// One number of each player's duty: float32 [N, 1].
at::Tensor column(const OwnView& view, float (*number)(const Duty&));

/// The players' base places, [2, N, 1].
at::Tensor base(const OwnView& view);

/// The base places moved by shares of the ball's x and y, [2, N, B].
at::Tensor base_moved(const OwnView& view, float share_of_x, float share_of_y);

/// Who of these [2, K, B] is nearest to the point [2, 1, B]: bool [K, B]. All of those exactly as near.
at::Tensor nearest(const at::Tensor& players, const at::Tensor& point);

/// When a goalkeeper leaves its goal to meet the ball.
struct Rush {
  float reach;   ///< u, it is that near to the ball
  float before;  ///< u, and the ball's x is below this
};

/// Where the goalkeeper goes, [2, 1, B]: between ball and goal, to where a shot crosses its line, or out to the ball.
at::Tensor guard_goal(const OwnView& view, const Rush& rush);

/// Where all players go: the goalkeeper, if there is one, to `keeper`, the others to `field`.
at::Tensor with_keeper(const OwnView& view, const at::Tensor& keeper, const at::Tensor& field);

}  // namespace matchday::tensor_bots
