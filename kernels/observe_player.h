// observe_player: what one player sees of a lane of matches, as tabled in rules/observation.h.
//
// `put(d, number)` takes component d of the player's observation. Others are put in the order of their distance by
// exchanging neighbours, which all matches of a lane can do together.
#pragma once

#include "kernels/match.h"
#include "rules/observation.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// Another player, as seen from the one who looks.
template <class Lane>
struct Seen {
  Lane squared_distance;  ///< u^2
  Vec<Lane> gap;          ///< u
  Vec<Lane> velocity;     ///< u/step
};

template <class Lane>
MATCHDAY_BODY void exchange_where(MaskOf<Lane> mask, Lane& a, Lane& b) {
  const Lane kept = a;
  a = select(mask, b, a);
  b = select(mask, kept, b);
}

/// Nearest first; equally near ones stay in their order, since only neighbours are exchanged.
template <class Lane, int count>
MATCHDAY_BODY void sort_by_distance(Seen<Lane> (&seen)[count]) {
  MATCHDAY_UNROLL
  for (int last = count - 1; last > 0; --last) {
    MATCHDAY_UNROLL
    for (int k = 0; k < last; ++k) {
      Seen<Lane>& a = seen[k];
      Seen<Lane>& b = seen[k + 1];
      const MaskOf<Lane> nearer = b.squared_distance < a.squared_distance;
      exchange_where(nearer, a.squared_distance, b.squared_distance);
      exchange_where(nearer, a.gap.x, b.gap.x);
      exchange_where(nearer, a.gap.y, b.gap.y);
      exchange_where(nearer, a.velocity.x, b.velocity.x);
      exchange_where(nearer, a.velocity.y, b.velocity.y);
    }
  }
}

/// Player `index` of A (team 0) or B (team 1) looks at the matches from b on.
template <class Lane, int players, class Put>
MATCHDAY_BODY void observe_player(const Rules& rules, const MatchArrays& arrays, std::int64_t b, int team, int index,
                                  const Put& put) {
  constexpr int mates = players - 1;
  constexpr int ball = 2 * players;
  const std::int64_t row = (2 * players + 1) * arrays.pitch;
  const Lane zero = 0.0F;
  const Lane per_length = 1.0F / rules.half_length;
  const Lane per_width = 1.0F / rules.half_width;
  const Lane per_view = 1.0F / player_view_scale;
  const Lane per_player_speed = 1.0F / rules.player_speed;
  const Lane per_kick_speed = 1.0F / rules.kick_speed;

  // 1. Everybody in the own view: for B turned by 180 degrees.
  const auto number = [&](int component, int body) {
    Lane lane;
    load(lane, arrays.bodies + component * row + body * arrays.pitch + b);
    return team == 0 ? lane : zero - lane;
  };
  const auto position = [&](int body) { return Vec<Lane>{number(0, body), number(1, body)}; };
  const auto velocity = [&](int body) { return Vec<Lane>{number(2, body), number(3, body)}; };
  const int own = team * players;
  const int theirs = players - own;
  const Vec<Lane> self = position(own + index);
  const Vec<Lane> to_ball = position(ball) - self;
  const auto see = [&](int body) {
    const Vec<Lane> gap = position(body) - self;
    return Seen<Lane>{dot(gap, gap), gap, velocity(body)};
  };

  // 2. Himself and the ball.
  int d = 0;
  const auto show = [&](Vec<Lane> v, Lane scale_x, Lane scale_y) {
    put(d++, v.x * scale_x);
    put(d++, v.y * scale_y);
  };
  show(self, per_length, per_width);
  show(velocity(own + index), per_player_speed, per_player_speed);
  const Lane squared_way = dot(to_ball, to_ball);
  const Lane per_reach = Lane(1.0F) / (square_root(squared_way) + Lane(ball_relative_scale));
  show(to_ball, per_view, per_view);
  show(to_ball, per_reach, per_reach);
  show(velocity(ball), per_kick_speed, per_kick_speed);

  // 3. The others, nearest first.
  const auto show_others = [&](auto& others) {
    sort_by_distance(others);
    for (const Seen<Lane>& other : others) {
      show(other.gap, per_view, per_view);
      show(other.velocity, per_player_speed, per_player_speed);
    }
  };
  if constexpr (mates > 0) {
    Seen<Lane> seen[mates];
    MATCHDAY_UNROLL
    for (int k = 0; k < mates; ++k) seen[k] = see(own + k + (k >= index ? 1 : 0));
    show_others(seen);
  }
  Seen<Lane> opponents[players];
  MATCHDAY_UNROLL
  for (int k = 0; k < players; ++k) opponents[k] = see(theirs + k);
  show_others(opponents);

  // 4. The scoreboard.
  IntegerOf<Lane> own_goals;
  IntegerOf<Lane> their_goals;
  IntegerOf<Lane> clock;
  load(own_goals, arrays.score + team * arrays.score_pitch + b);
  load(their_goals, arrays.score + (1 - team) * arrays.score_pitch + b);
  load(clock, arrays.clock + b);
  put(d++, clamp(to_float(own_goals - their_goals) * Lane(1.0F / score_difference_scale), Lane(-score_difference_limit),
                 Lane(score_difference_limit)));
  put(d++, to_float(IntegerOf<Lane>(rules.steps) - clock) * Lane(1.0F / static_cast<float>(rules.steps)));

  // 5. Who he is, and how many mates are nearer to the ball than he is, or as near and before him.
  MATCHDAY_UNROLL
  for (int k = 0; k < players; ++k) put(d++, Lane(k == index ? 1.0F : 0.0F));
  Lane rank = zero;
  MATCHDAY_UNROLL
  for (int k = 0; k < players; ++k) {
    const Vec<Lane> gap = position(ball) - position(own + k);
    const Lane squared = dot(gap, gap);
    const MaskOf<Lane> before = k < index ? squared <= squared_way : squared < squared_way;
    rank = rank + select(before, Lane(1.0F), zero);
  }
  MATCHDAY_UNROLL
  for (int k = 0; k < players; ++k) put(d++, select(rank == Lane(static_cast<float>(k)), Lane(1.0F), zero));
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
