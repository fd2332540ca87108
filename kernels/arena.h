// Arena's step: bodies with mass, posts and walls, one kicker at a time.
#pragma once

#include "kernels/act.h"
#include "kernels/match.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// How two kinds of bodies meet.
struct Contact {
  float reach;           ///< u, sum of the radii
  float share_of_first;  ///< of the correction and of the impulse, by inverse mass
  float share_of_second;
  float bounce;  ///< 1 + restitution
};

/// What contacts do to one body in one substep.
template <class Lane>
struct Push {
  Vec<Lane> position{0.0F, 0.0F};
  Vec<Lane> velocity{0.0F, 0.0F};
};

/// Adds what two bodies do to each other: overlapping circles part, and those that approach bounce. Coincident centres
/// have no direction, so they don't push. Left out, with the same result, where nobody touches.
template <class Lane>
MATCHDAY_BODY void meet(Contact contact, Vec<Lane> gap, Vec<Lane> relative_velocity, Push<Lane>& on_first,
                        Push<Lane>& on_second) {
  const Lane squared = dot(gap, gap);
  const auto touching = (squared < Lane(contact.reach * contact.reach)) & (squared > Lane(0.0F));
  if (!any(touching)) return;
  const Lane length = square_root(select(touching, squared, Lane(1.0F)));
  const Vec<Lane> normal = gap * (Lane(1.0F) / length);
  const Lane overlap = select(touching, length - Lane(contact.reach), Lane(0.0F));
  const Lane approach = select(touching, smaller(dot(relative_velocity, normal), Lane(0.0F)), Lane(0.0F));
  const Lane impulse = approach * Lane(contact.bounce);
  on_first.position = on_first.position + normal * (overlap * Lane(contact.share_of_first));
  on_first.velocity = on_first.velocity + normal * (impulse * Lane(contact.share_of_first));
  on_second.position = on_second.position - normal * (overlap * Lane(contact.share_of_second));
  on_second.velocity = on_second.velocity - normal * (impulse * Lane(contact.share_of_second));
}

/// All contacts, computed from the same places and velocities and then applied together (Jacobi). The order of the
/// pairs is such that a player sums his mates' pushes, then his opponents', then the ball's, each in index order; the
/// ball adds both teams' sums.
template <class Lane, int players>
MATCHDAY_BODY void resolve_contacts(const Rules& rules, Match<Lane, players>& match) {
  constexpr int ball = 2 * players;
  const float masses = rules.player_mass + rules.ball_mass;
  const Contact of_players{rules.player_radius + rules.player_radius, 0.5F, 0.5F, 1.0F + rules.restitution_players};
  const Contact with_ball{rules.player_radius + rules.ball_radius, rules.ball_mass / masses, rules.player_mass / masses,
                          1.0F + rules.restitution_player_ball};
  Push<Lane> on[2 * players];
  Push<Lane> on_ball[2];
  const auto meeting = [&](Contact contact, int i, int j, Push<Lane>& on_second) {
    meet(contact, match.position[j] - match.position[i], match.velocity[j] - match.velocity[i], on[i], on_second);
  };
  MATCHDAY_UNROLL
  for (int i = 0; i < players; ++i) {
    MATCHDAY_UNROLL
    for (int j = i + 1; j < players; ++j) {
      meeting(of_players, i, j, on[j]);
      meeting(of_players, players + i, players + j, on[players + j]);
    }
  }
  MATCHDAY_UNROLL
  for (int i = 0; i < players; ++i) {
    MATCHDAY_UNROLL
    for (int j = players; j < 2 * players; ++j) meeting(of_players, i, j, on[j]);
  }
  MATCHDAY_UNROLL
  for (int i = 0; i < 2 * players; ++i) meeting(with_ball, i, ball, on_ball[i < players ? 0 : 1]);

  const auto apply = [&](int body, Push<Lane> push) {
    match.position[body] = match.position[body] + push.position;
    match.velocity[body] = match.velocity[body] + push.velocity;
  };
  MATCHDAY_UNROLL
  for (int i = 0; i < 2 * players; ++i) apply(i, on[i]);
  apply(ball, {on_ball[0].position + on_ball[1].position, on_ball[0].velocity + on_ball[1].velocity});
}

/// A player's centre stays on the pitch; at its edge he stands still in that direction.
template <class Lane>
MATCHDAY_BODY void keep_on_pitch(const Rules& rules, Vec<Lane>& position, Vec<Lane>& velocity) {
  const Vec<Lane> limit{rules.half_length, rules.half_width};
  velocity.x = select(absolute(position.x) > limit.x, Lane(0.0F), velocity.x);
  velocity.y = select(absolute(position.y) > limit.y, Lane(0.0F), velocity.y);
  position = kept_within(limit, position);
}

/// The ball off the post in its quarter of the pitch; the four posts are one another's mirror images.
template <class Lane>
MATCHDAY_BODY void bounce_off_post(const Rules& rules, Vec<Lane>& position, Vec<Lane>& velocity) {
  const Vec<Lane> post{select(position.x < Lane(0.0F), Lane(-rules.half_length), Lane(rules.half_length)),
                       select(position.y < Lane(0.0F), Lane(-rules.goal_half_width), Lane(rules.goal_half_width))};
  const Contact contact{rules.ball_radius + rules.post_radius, 0.0F, 1.0F, 1.0F + rules.restitution_post};
  Push<Lane> on_post;
  Push<Lane> on_ball{position, velocity};
  meet(contact, position - post, velocity, on_post, on_ball);
  position = on_ball.position;
  velocity = on_ball.velocity;
}

/// One coordinate of the ball off a wall whose face keeps its centre within +- limit, where `met` allows it to be met.
/// It turns round only if it moves outward.
template <class Lane, class Mask>
MATCHDAY_BODY void bounce_off_wall(const Rules& rules, Lane limit, Mask met, Lane& position, Lane& velocity) {
  const auto beyond = met & (absolute(position) > limit);
  const auto turns = beyond & (position * velocity > Lane(0.0F));
  velocity = select(turns, Lane(0.0F) - velocity * Lane(rules.restitution_wall), velocity);
  position = select(beyond, clamp(position, Lane(0.0F) - limit, limit), position);
}

/// The nearest kicker of both teams so far, and what the kickers exactly as near do together.
template <class Lane>
struct Kick {
  Lane nearest = HUGE_VALF;  ///< u^2; infinite: nobody kicks
  Lane kickers = 0.0F;
  Vec<Lane> of_a{0.0F, 0.0F};
  Vec<Lane> of_b{0.0F, 0.0F};
};

/// One player's part in it: nearer ones start the sums anew.
template <class Lane>
MATCHDAY_BODY void join_kick(const Rules& rules, Vec<Lane> gap, Vec<Lane> kick, bool of_b, Kick<Lane>& all) {
  const Lane squared = dot(gap, gap);
  const auto kicks = (squared <= Lane(rules.kick_reach * rules.kick_reach)) &
                     (dot(kick, kick) > Lane(rules.kick_dead_zone * rules.kick_dead_zone));
  const auto nearer = kicks & (squared < all.nearest);
  const auto joins = kicks & (squared <= all.nearest);
  if (!any(joins)) return;
  const Vec<Lane> nothing{0.0F, 0.0F};
  all.nearest = select(nearer, squared, all.nearest);
  all.kickers = select(nearer, Lane(0.0F), all.kickers) + select(joins, Lane(1.0F), Lane(0.0F));
  all.of_a = select(nearer, nothing, all.of_a);
  all.of_b = select(nearer, nothing, all.of_b);
  Vec<Lane>& of_team = of_b ? all.of_b : all.of_a;
  of_team = of_team + select(joins, kick, nothing);
}

/// The ball's velocity after the kick of the nearest kicker, or the mean kick of those exactly as near. (Were all kicks
/// added, opponents would cancel each other and play would stick.)
template <class Lane>
MATCHDAY_BODY Vec<Lane> kicked(const Rules& rules, Kick<Lane> all, Vec<Lane> velocity) {
  const auto somebody = all.kickers > Lane(0.0F);
  if (!any(somebody)) return velocity;
  const Vec<Lane> sum = all.of_a + all.of_b;
  const Lane kickers = larger(all.kickers, Lane(1.0F));
  const Vec<Lane> mean{sum.x / kickers, sum.y / kickers};
  return select(somebody, mean * Lane(rules.kick_speed), velocity);
}

/// One physics advance. Gives +1 where the ball is in B's goal, -1 in A's, else 0.
template <class Lane, int players>
MATCHDAY_BODY Lane substep(const MatchConstants& constants, Match<Lane, players>& match) {
  const Rules& rules = constants.rules;
  Vec<Lane>& ball = match.position[match.ball];
  Vec<Lane>& ball_velocity = match.velocity[match.ball];

  // a. The ball slows down; everything moves.
  const Lane h = 1.0F / static_cast<float>(rules.substeps);
  ball_velocity = ball_velocity * Lane(constants.ball_keep_per_substep);
  MATCHDAY_UNROLL
  for (int k = 0; k <= 2 * players; ++k) match.position[k] = match.position[k] + match.velocity[k] * h;

  // b. Bodies push each other; then players are kept on the pitch, since a push may have taken them off it.
  resolve_contacts(rules, match);
  MATCHDAY_UNROLL
  for (int k = 0; k < 2 * players; ++k) keep_on_pitch(rules, match.position[k], match.velocity[k]);

  // c. The ball off posts and walls. The end wall is open at the goal.
  bounce_off_post(rules, ball, ball_velocity);
  const auto everywhere = ball.y == ball.y;
  bounce_off_wall(rules, Lane(rules.half_width - rules.ball_radius), everywhere, ball.y, ball_velocity.y);
  const auto in_mouth = absolute(ball.y) < Lane(rules.goal_half_width);
  bounce_off_wall(rules, Lane(rules.half_length - rules.ball_radius), !in_mouth, ball.x, ball_velocity.x);

  // d. The cap, without which a squeezed ball could pass through a body.
  const Lane squared = dot(ball_velocity, ball_velocity);
  const auto too_fast = squared > Lane(rules.ball_top_speed * rules.ball_top_speed);
  if (any(too_fast)) {
    const Lane brake = Lane(rules.ball_top_speed) / square_root(squared);
    ball_velocity = select(too_fast, ball_velocity * brake, ball_velocity);
  }
  ball_velocity = ball_velocity + Vec<Lane>{0.0F, 0.0F};  // -0 becomes +0

  // e. Goal.
  const auto scored = in_mouth & (absolute(ball.x) >= Lane(rules.half_length));
  return select(scored, select(ball.x > Lane(0.0F), Lane(1.0F), Lane(-1.0F)), Lane(0.0F));
}

/// The bodies after one step, before any kick-off. Gives the goal: +1 A's, -1 B's, 0 none.
template <class Lane, int players>
MATCHDAY_BODY Lane play_arena(const MatchConstants& constants, const StepArrays& step, std::int64_t matches,
                              std::int64_t b, Match<Lane, players>& match, int& bad_numbers) {
  const Rules& rules = constants.rules;

  // 1. The kick, at the places where the step begins. 2. Players' velocities turn towards what they want.
  Kick<Lane> kick;
  MATCHDAY_UNROLL
  for (int k = 0; k < 2 * players; ++k) {
    Act<Lane> act;
    read_act<Game::arena, players>(act, step, matches, b, k, bad_numbers);
    join_kick(rules, match.position[match.ball] - match.position[k], act.kick, k >= players, kick);
    Vec<Lane>& velocity = match.velocity[k];
    velocity = velocity + (act.move * Lane(rules.player_speed) - velocity) * Lane(rules.player_response);
  }
  match.velocity[match.ball] = kicked(rules, kick, match.velocity[match.ball]);

  // 3. Substeps. The first goal counts; what a match does after its goal is overwritten by the kick-off.
  Lane goal = 0.0F;
  for (int k = 0; k < rules.substeps; ++k) {
    const auto goes_on = goal == Lane(0.0F);
    if (!any(goes_on)) break;
    goal = select(goes_on, substep(constants, match), goal);
  }
  return goal;
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
