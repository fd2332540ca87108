// One match at one moment, as a value: what the reference core's functions take and return.
#pragma once

#include <array>
#include <cstdint>

#include "rules/rules.h"

namespace matchday::reference {

struct Vec {
  float x = 0.0F;
  float y = 0.0F;
};

inline Vec operator+(Vec a, Vec b) { return {a.x + b.x, a.y + b.y}; }
inline Vec operator-(Vec a, Vec b) { return {a.x - b.x, a.y - b.y}; }
inline Vec operator*(Vec a, float s) { return {a.x * s, a.y * s}; }
inline float dot(Vec a, Vec b) { return a.x * b.x + a.y * b.y; }
/// The vector rotated by 180 degrees: how B sees A's world. Written 0 - x, so that 0 stays +0.
inline Vec rotated(Vec a) { return {0.0F - a.x, 0.0F - a.y}; }
/// Turns -0, to which negative numbers too small for a float round, into +0: mirrored matches then agree in every bit.
inline Vec without_negative_zero(Vec a) { return {a.x + 0.0F, a.y + 0.0F}; }

struct Body {
  Vec position;  ///< u, from the pitch's centre
  Vec velocity;  ///< u/step
};

enum Team : int { team_a = 0, team_b = 1 };

/// Identifies a match: its random numbers are a function of this key, its episode, its clock and a slot.
struct MatchKey {
  std::uint64_t seed = 0;
  std::uint32_t match = 0;  ///< the match's index among all that are played at once
};

template <class T>
using PerTeam = std::array<T, 2>;
template <class T>
using PerPlayer = std::array<T, max_players>;

struct GameState {
  MatchKey key;
  PerTeam<PerPlayer<Body>> players;  ///< only the first `rules.players` of each team are used
  Body ball;
  PerTeam<std::int32_t> score{};
  std::int32_t clock = 0;    ///< steps played
  std::int32_t episode = 0;  ///< matches started at this place before this one
  float potential = 0.0F;    ///< shaping potential, A's view (see reward.h)
};

/// The action of one player, in its team's view.
struct PlayerAction {
  Vec move;
  Vec kick;
};
using Actions = PerTeam<PerPlayer<PlayerAction>>;

/// A step's result.
struct Outcome {
  GameState state;
  float reward = 0.0F;        ///< A's; B's is its negation
  bool terminated = false;    ///< full time
  int nonfinite_actions = 0;  ///< non-finite action components, each taken as 0
};

}  // namespace matchday::reference
