// Where to kick the ball: at the goal, to a mate, past an opponent, away.
#pragma once

#include "tests/support/tensor_bots/own_view.h"

namespace matchday::tensor_bots {

/// How free the ways [2, K, B] from the ball are: the smallest distance of an opponent to each, [K, B]. u
at::Tensor lanes(const OwnView& view, const at::Tensor& ways);

/// A kick that one may or may not make.
struct Choice {
  at::Tensor kick;   ///< [2, 1, B]
  at::Tensor worth;  ///< [1, B]
};

/// A shot through the most open of three lanes, at the goal's middle or near a post; worth how wide that lane is, u.
Choice best_shot(const OwnView& view);

/// A pass to the best placed free mate, -infinity worth if there is none.
Choice best_pass(const OwnView& view);

/// Upfield, and away from the middle.
at::Tensor clearance(const OwnView& view);

}  // namespace matchday::tensor_bots
