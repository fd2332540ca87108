// observe_player: one player's observation of matches, one a lane, in the layout of rules/observation.h.
//
// `put(d, number)` takes component d of the player's observation. Other players are sorted by distance with exchanges
// of neighbours, which all lanes can do together.
#pragma once

#include "kernels/match.h"
#include "rules/observation.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// Another player, relative to the observing player.
template <class Float>
struct Seen {
  Float squared_distance;  ///< u^2
  Vec<Float> gap;          ///< u
  Vec<Float> velocity;     ///< u/step
};

template <class Float>
MATCHDAY_HOST_DEVICE void exchange_where(MaskOf<Float> mask, Float& a, Float& b) {
  const Float kept = a;
  a = select(mask, b, a);
  b = select(mask, kept, b);
}

/// Nearest first. The sort is stable, since it exchanges only neighbours.
template <class Float, int count>
MATCHDAY_HOST_DEVICE void sort_by_distance(Seen<Float> (&seen)[count]) {
  MATCHDAY_UNROLL
  for (int last = count - 1; last > 0; --last) {
    MATCHDAY_UNROLL
    for (int k = 0; k < last; ++k) {
      Seen<Float>& a = seen[k];
      Seen<Float>& b = seen[k + 1];
      const MaskOf<Float> nearer = b.squared_distance < a.squared_distance;
      exchange_where(nearer, a.squared_distance, b.squared_distance);
      exchange_where(nearer, a.gap.x, b.gap.x);
      exchange_where(nearer, a.gap.y, b.gap.y);
      exchange_where(nearer, a.velocity.x, b.velocity.x);
      exchange_where(nearer, a.velocity.y, b.velocity.y);
    }
  }
}

/// The observation of player `index` of A (team 0) or B (team 1) in the matches from b on.
template <class Float, int players, class Put>
MATCHDAY_HOST_DEVICE void observe_player(const Rules& rules, const MatchArrays& arrays, std::int64_t b, int team,
                                         int index, const Put& put) {
  constexpr int mates = players - 1;
  constexpr int ball = 2 * players;
  const std::int64_t row = (2 * players + 1) * arrays.stride;
  const Float zero = 0.0F;
  const Float per_length = 1.0F / rules.half_length;
  const Float per_width = 1.0F / rules.half_width;
  const Float per_view = 1.0F / player_view_scale;
  const Float per_player_speed = 1.0F / rules.player_speed;
  const Float per_kick_speed = 1.0F / rules.kick_speed;

  // 1. All bodies in the own view: rotated by 180 degrees for B.
  const auto number = [&](int component, int body) {
    Float own_view;
    load(own_view, arrays.bodies + component * row + body * arrays.stride + b);
    return team == 0 ? own_view : zero - own_view;
  };
  const auto position = [&](int body) { return Vec<Float>{number(0, body), number(1, body)}; };
  const auto velocity = [&](int body) { return Vec<Float>{number(2, body), number(3, body)}; };
  const int own = team * players;
  const int theirs = players - own;
  const Vec<Float> self = position(own + index);
  const Vec<Float> to_ball = position(ball) - self;
  const auto see = [&](int body) {
    const Vec<Float> gap = position(body) - self;
    return Seen<Float>{dot(gap, gap), gap, velocity(body)};
  };

  // 2. The player itself and the ball.
  int d = 0;
  const auto show = [&](Vec<Float> v, Float scale_x, Float scale_y) {
    put(d++, v.x * scale_x);
    put(d++, v.y * scale_y);
  };
  show(self, per_length, per_width);
  show(velocity(own + index), per_player_speed, per_player_speed);
  const Float squared_way = dot(to_ball, to_ball);
  const Float per_reach = Float(1.0F) / (square_root(squared_way) + Float(ball_relative_scale));
  show(to_ball, per_view, per_view);
  show(to_ball, per_reach, per_reach);
  show(velocity(ball), per_kick_speed, per_kick_speed);

  // 3. The others, nearest first.
  const auto show_others = [&](auto& others) {
    sort_by_distance(others);
    for (const Seen<Float>& other : others) {
      show(other.gap, per_view, per_view);
      show(other.velocity, per_player_speed, per_player_speed);
    }
  };
  if constexpr (mates > 0) {
    Seen<Float> seen[mates];
    MATCHDAY_UNROLL
    for (int k = 0; k < mates; ++k) seen[k] = see(own + k + (k >= index ? 1 : 0));
    show_others(seen);
  }
  Seen<Float> opponents[players];
  MATCHDAY_UNROLL
  for (int k = 0; k < players; ++k) opponents[k] = see(theirs + k);
  show_others(opponents);

  // 4. The scoreboard.
  IntegerOf<Float> own_goals;
  IntegerOf<Float> their_goals;
  IntegerOf<Float> clock;
  load(own_goals, arrays.score + team * arrays.score_stride + b);
  load(their_goals, arrays.score + (1 - team) * arrays.score_stride + b);
  load(clock, arrays.clock + b);
  put(d++, clamp(to_float(own_goals - their_goals) * Float(1.0F / score_difference_scale),
                 Float(-score_difference_limit), Float(score_difference_limit)));
  put(d++, to_float(IntegerOf<Float>(rules.steps) - clock) * Float(1.0F / static_cast<float>(rules.steps)));

  // 5. Which player this is, and how many mates are nearer to the ball; on a tie the lower index is the nearer one.
  MATCHDAY_UNROLL
  for (int k = 0; k < players; ++k) put(d++, Float(k == index ? 1.0F : 0.0F));
  Float rank = zero;
  MATCHDAY_UNROLL
  for (int k = 0; k < players; ++k) {
    const Vec<Float> gap = position(ball) - position(own + k);
    const Float squared = dot(gap, gap);
    const MaskOf<Float> before = k < index ? squared <= squared_way : squared < squared_way;
    rank = rank + select(before, Float(1.0F), zero);
  }
  MATCHDAY_UNROLL
  for (int k = 0; k < players; ++k) put(d++, select(rank == Float(static_cast<float>(k)), Float(1.0F), zero));
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
