// What each random number is for.
//
// Every random number is Philox4x32-10 of a key, the seed, and a counter (match, episode, step, slot): a pure function,
// the same on every backend and device, whatever the batch. `match` is the match's index over all devices; `episode`
// counts the matches that place has started; `step` is the clock after the step, 0 at the start of a match; `slot` says
// what the number is for. One slot gives four 32-bit words.
#pragma once

#include <cstdint>

namespace matchday {

/// Slots start_noise .. start_noise + 2N - 1: one a player, words 0 and 1 are x and y. At the start of a match A's
/// players come first. At a kick-off the team that scored comes first, so that the two teams' places can be exchanged
/// (a mirrored match stays mirrored through its kick-offs).
inline constexpr std::uint32_t slot_start_noise = 0;

/// Slots action_noise .. : four words give the four noises of one player's action; A's players, then B's.
inline constexpr std::uint32_t slot_action_noise = 1024;

/// Slots bot .. : random bots, laid out like action_noise.
inline constexpr std::uint32_t slot_bot = 2048;

/// The upper 24 bits of a word as a float32 in [0, 1).
inline constexpr float uniform_scale = 1.0F / 16777216.0F;

}  // namespace matchday
