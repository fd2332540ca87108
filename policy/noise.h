// Standard normal noise that is a function of the match alone (rules/randomness.h), whatever the batch. Between devices
// it may differ in the last bit, as their logarithms and cosines do.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "sim/simulator.h"

namespace matchday {

/// Noise for the actions of all players at the matches' present step: float32 [2, B, N, 4].
/// first_slot: slot_action_noise for policies that learn, slot_bot for bots.
at::Tensor action_noise(const Simulator& simulator, std::uint32_t first_slot);

}  // namespace matchday
