// Arena's step: bodies with mass, posts and walls, one kicker at a time.
#pragma once

#include "kernels/act.h"
#include "kernels/match.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// The constants of a contact between two kinds of bodies.
struct Contact {
  float reach;           ///< u, sum of the radii
  float share_of_first;  ///< of the position correction and the impulse, by inverse mass
  float share_of_second;
  float bounce;  ///< 1 + restitution
};

/// The change of one body by all its contacts in one substep.
template <class Float>
struct Push {
  Vec<Float> position{0.0F, 0.0F};
  Vec<Float> velocity{0.0F, 0.0F};
};

/// Adds one contact's effect: overlapping circles are pushed apart, and bounce if they approach. Coincident centres
/// have no direction, so they don't push. Skipped, with the same result, if no lane has a contact.
template <class Float>
MATCHDAY_HOST_DEVICE void meet(Contact contact, Vec<Float> gap, Vec<Float> relative_velocity, Push<Float>& on_first,
                               Push<Float>& on_second) {
  const Float squared = dot(gap, gap);
  const auto touching = (squared < Float(contact.reach * contact.reach)) & (squared > Float(0.0F));
  if (!any(touching)) return;
  const Float length = square_root(select(touching, squared, Float(1.0F)));
  const Vec<Float> normal = gap * (Float(1.0F) / length);
  const Float overlap = select(touching, length - Float(contact.reach), Float(0.0F));
  const Float approach = select(touching, smaller(dot(relative_velocity, normal), Float(0.0F)), Float(0.0F));
  const Float impulse = approach * Float(contact.bounce);
  on_first.position = on_first.position + normal * (overlap * Float(contact.share_of_first));
  on_first.velocity = on_first.velocity + normal * (impulse * Float(contact.share_of_first));
  on_second.position = on_second.position - normal * (overlap * Float(contact.share_of_second));
  on_second.velocity = on_second.velocity - normal * (impulse * Float(contact.share_of_second));
}

/// Computes all contacts from the same positions and velocities and then applies them together (Jacobi). A player sums
/// its mates' pushes, then its opponents', then the ball's, each in index order; the ball adds the two teams' sums.
template <class Float, int players>
MATCHDAY_HOST_DEVICE void resolve_contacts(const Rules& rules, Match<Float, players>& match) {
  constexpr int ball = 2 * players;
  const float masses = rules.player_mass + rules.ball_mass;
  const Contact of_players{rules.player_radius + rules.player_radius, 0.5F, 0.5F, 1.0F + rules.restitution_players};
  const Contact with_ball{rules.player_radius + rules.ball_radius, rules.ball_mass / masses, rules.player_mass / masses,
                          1.0F + rules.restitution_player_ball};
  Push<Float> on[2 * players];
  Push<Float> on_ball[2];
  const auto meeting = [&](Contact contact, int i, int j, Push<Float>& on_second) {
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

  const auto apply = [&](int body, Push<Float> push) {
    match.position[body] = match.position[body] + push.position;
    match.velocity[body] = match.velocity[body] + push.velocity;
  };
  MATCHDAY_UNROLL
  for (int i = 0; i < 2 * players; ++i) apply(i, on[i]);
  apply(ball, {on_ball[0].position + on_ball[1].position, on_ball[0].velocity + on_ball[1].velocity});
}

/// Keeps a player's centre on the pitch; past an edge, the velocity component across that edge becomes 0.
template <class Float>
MATCHDAY_HOST_DEVICE void keep_on_pitch(const Rules& rules, Vec<Float>& position, Vec<Float>& velocity) {
  const Vec<Float> limit{rules.half_length, rules.half_width};
  velocity.x = select(absolute(position.x) > limit.x, Float(0.0F), velocity.x);
  velocity.y = select(absolute(position.y) > limit.y, Float(0.0F), velocity.y);
  position = kept_within(limit, position);
}

/// Bounces the ball off the post in its quarter of the pitch; the four posts are one another's mirror images.
template <class Float>
MATCHDAY_HOST_DEVICE void bounce_off_post(const Rules& rules, Vec<Float>& position, Vec<Float>& velocity) {
  const Vec<Float> post{select(position.x < Float(0.0F), Float(-rules.half_length), Float(rules.half_length)),
                        select(position.y < Float(0.0F), Float(-rules.goal_half_width), Float(rules.goal_half_width))};
  const Contact contact{rules.ball_radius + rules.post_radius, 0.0F, 1.0F, 1.0F + rules.restitution_post};
  Push<Float> on_post;
  Push<Float> on_ball{position, velocity};
  meet(contact, position - post, velocity, on_post, on_ball);
  position = on_ball.position;
  velocity = on_ball.velocity;
}

/// Bounces one coordinate of the ball off the walls that keep its centre within +- limit, in the lanes where `met` is
/// set. The velocity is reversed only if it points outward.
template <class Float, class Mask>
MATCHDAY_HOST_DEVICE void bounce_off_wall(const Rules& rules, Float limit, Mask met, Float& position, Float& velocity) {
  const auto beyond = met & (absolute(position) > limit);
  const auto turns = beyond & (position * velocity > Float(0.0F));
  velocity = select(turns, Float(0.0F) - velocity * Float(rules.restitution_wall), velocity);
  position = select(beyond, clamp(position, Float(0.0F) - limit, limit), position);
}

/// The nearest kicker of both teams so far, and the summed kicks of all kickers at exactly that distance.
template <class Float>
struct Kick {
  Float nearest = HUGE_VALF;  ///< u^2; infinite: nobody kicks
  Float kickers = 0.0F;
  Vec<Float> of_a{0.0F, 0.0F};
  Vec<Float> of_b{0.0F, 0.0F};
};

/// Adds one player's kick; a kicker nearer than all before resets the sums.
template <class Float>
MATCHDAY_HOST_DEVICE void join_kick(const Rules& rules, Vec<Float> gap, Vec<Float> kick, bool of_b, Kick<Float>& all) {
  const Float squared = dot(gap, gap);
  const auto kicks = (squared <= Float(rules.kick_reach * rules.kick_reach)) &
                     (dot(kick, kick) > Float(rules.kick_dead_zone * rules.kick_dead_zone));
  const auto nearer = kicks & (squared < all.nearest);
  const auto joins = kicks & (squared <= all.nearest);
  if (!any(joins)) return;
  const Vec<Float> nothing{0.0F, 0.0F};
  all.nearest = select(nearer, squared, all.nearest);
  all.kickers = select(nearer, Float(0.0F), all.kickers) + select(joins, Float(1.0F), Float(0.0F));
  all.of_a = select(nearer, nothing, all.of_a);
  all.of_b = select(nearer, nothing, all.of_b);
  Vec<Float>& of_team = of_b ? all.of_b : all.of_a;
  of_team = of_team + select(joins, kick, nothing);
}

/// The ball's velocity after the nearest player's kick, or the mean kick of several at exactly the same distance. (If
/// all kicks were added, opponents would cancel each other and play would get stuck.)
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> kicked(const Rules& rules, Kick<Float> all, Vec<Float> velocity) {
  const auto somebody = all.kickers > Float(0.0F);
  if (!any(somebody)) return velocity;
  const Vec<Float> sum = all.of_a + all.of_b;
  const Float kickers = larger(all.kickers, Float(1.0F));
  const Vec<Float> mean{sum.x / kickers, sum.y / kickers};
  return select(somebody, mean * Float(rules.kick_speed), velocity);
}

/// One physics substep. Returns +1 where the ball is in B's goal, -1 in A's, else 0.
template <class Float, int players>
MATCHDAY_HOST_DEVICE Float substep(const MatchConstants& constants, Match<Float, players>& match) {
  const Rules& rules = constants.rules;
  Vec<Float>& ball = match.position[match.ball];
  Vec<Float>& ball_velocity = match.velocity[match.ball];

  // a. The ball slows down; everything moves.
  const Float h = 1.0F / static_cast<float>(rules.substeps);
  ball_velocity = ball_velocity * Float(constants.ball_keep_per_substep);
  MATCHDAY_UNROLL
  for (int k = 0; k <= 2 * players; ++k) match.position[k] = match.position[k] + match.velocity[k] * h;

  // b. Bodies push each other; then players are kept on the pitch, since a push may have taken them off it.
  resolve_contacts(rules, match);
  MATCHDAY_UNROLL
  for (int k = 0; k < 2 * players; ++k) keep_on_pitch(rules, match.position[k], match.velocity[k]);

  // c. The ball bounces off posts and walls. The end wall is open at the goal.
  bounce_off_post(rules, ball, ball_velocity);
  const auto everywhere = ball.y == ball.y;
  bounce_off_wall(rules, Float(rules.half_width - rules.ball_radius), everywhere, ball.y, ball_velocity.y);
  const auto in_mouth = absolute(ball.y) < Float(rules.goal_half_width);
  bounce_off_wall(rules, Float(rules.half_length - rules.ball_radius), !in_mouth, ball.x, ball_velocity.x);

  // d. Cap the ball's speed: else a squeezed ball could pass through a body.
  const Float squared = dot(ball_velocity, ball_velocity);
  const auto too_fast = squared > Float(rules.ball_top_speed * rules.ball_top_speed);
  if (any(too_fast)) {
    const Float brake = Float(rules.ball_top_speed) / square_root(squared);
    ball_velocity = select(too_fast, ball_velocity * brake, ball_velocity);
  }
  ball_velocity = ball_velocity + Vec<Float>{0.0F, 0.0F};  // -0 becomes +0

  // e. Goal.
  const auto scored = in_mouth & (absolute(ball.x) >= Float(rules.half_length));
  return select(scored, select(ball.x > Float(0.0F), Float(1.0F), Float(-1.0F)), Float(0.0F));
}

/// Moves the bodies by one step, before any kick-off. Returns the goal: +1 A's, -1 B's, 0 none.
template <class Float, int players>
MATCHDAY_HOST_DEVICE Float step_arena(const MatchConstants& constants, const StepArrays& step, std::int64_t matches,
                                      std::int64_t b, Match<Float, players>& match, int& nonfinite_actions) {
  const Rules& rules = constants.rules;

  // 1. The kick, from the positions at the step's start. 2. Players' velocities move towards the wanted ones.
  Kick<Float> kick;
  MATCHDAY_UNROLL
  for (int k = 0; k < 2 * players; ++k) {
    Act<Float> act;
    read_act<Game::arena, players>(act, step, matches, b, k, nonfinite_actions);
    join_kick(rules, match.position[match.ball] - match.position[k], act.kick, k >= players, kick);
    Vec<Float>& velocity = match.velocity[k];
    velocity = velocity + (act.move * Float(rules.player_speed) - velocity) * Float(rules.player_response);
  }
  match.velocity[match.ball] = kicked(rules, kick, match.velocity[match.ball]);

  // 3. Substeps. The first goal counts; what a match does after its goal is overwritten by the kick-off.
  Float goal = 0.0F;
  for (int k = 0; k < rules.substeps; ++k) {
    const auto goes_on = goal == Float(0.0F);
    if (!any(goes_on)) break;
    goal = select(goes_on, substep(constants, match), goal);
  }
  return goal;
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
