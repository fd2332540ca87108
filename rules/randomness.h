// What each random number is for.
//
// Every random number is Philox4x32-10 of the seed as key and (match, episode, step, slot) as counter: a pure function,
// the same on every backend and device, whatever the batch size. `match` is the match's index over all devices;
// `episode` is the number of matches that its place had started before; `step` is its clock when the number is drawn (a
// kick-off draws after its step); `slot` says what the number is for. One slot gives four 32-bit words.
#pragma once

#include <cstdint>

namespace matchday {

/// Slots start_noise .. start_noise + 2N - 1: one per player, words 0 and 1 are x and y. At the start of a match A's
/// players come first. At a kick-off the team that scored comes first, so that a match with sides swapped stays the
/// rotated image of the original.
inline constexpr std::uint32_t slot_start_noise = 0;

/// Slots action_noise .. : four words give the four noises of one player's action; A's players, then B's.
inline constexpr std::uint32_t slot_action_noise = 1024;

/// Slots bot .. : the noise of random bots, laid out like action_noise.
inline constexpr std::uint32_t slot_bot = 2048;

/// The upper 24 bits of a word as a float32 in [0, 1).
inline constexpr float uniform_scale = 1.0F / 16777216.0F;

}  // namespace matchday
