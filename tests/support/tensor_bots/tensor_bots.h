// The bots told a second time, in plain ATen operations on all matches at once: what the kernels (kernels/bots/) are
// held against.
#pragma once

#include "policy/policy.h"
#include "rules/bots.h"

namespace matchday::tensor_bots {

at::Tensor still(const Side& side);
at::Tensor random(const Side& side);
at::Tensor chaser(const Side& side);
at::Tensor presser(const Side& side);
at::Tensor keeper(const Side& side);
at::Tensor role(const Side& side);

/// What the bot does: float32 [count, N, 4].
inline at::Tensor act(Bot bot, const Side& side) {
  at::Tensor (*const all[])(const Side&) = {still, random, chaser, presser, keeper, role};
  return all[static_cast<int>(bot)](side);
}

}  // namespace matchday::tensor_bots
