// All but one chase the ball; the last one waits for it before the other goal.
#pragma once

#include "kernels/bots/running.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {
namespace bots {

template <class Float, class Put>
MATCHDAY_HOST_DEVICE void hang_about(const OwnView<Float>& view, const Put& put) {
  constexpr float before_goal = 8.0F;  // u
  const int last = view.players() - 1;
  const Vec<Float> kick = unit(view.goal() - view.ball);
  for (int k = 0; k < last; ++k) put(k, Decision<Float>{run_to(view, k, ball_after(view, 1.0F)), kick});
  const Vec<Float> place{view.goal().x - Float(before_goal), view.ball.y};
  put(last, Decision<Float>{run_to(view, last, place), kick});
}

}  // namespace bots
}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
