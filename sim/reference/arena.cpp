// Arena: bodies with mass, posts and walls, one kicker at a time.
#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/reference/games.h"
#include "sim/reference/reward.h"

namespace matchday::reference {
namespace {

/// The constants of a contact of two kinds of bodies, for the one that is pushed.
struct Contact {
  float reach;   ///< u, sum of the radii
  float share;   ///< of the correction and of the impulse that the pushed body takes: by inverse mass
  float bounce;  ///< 1 + restitution
};

/// The change of one body by contacts in one substep.
struct Push {
  Vec position;
  Vec velocity;
};

Push operator+(Push a, Push b) { return {a.position + b.position, a.velocity + b.velocity}; }

/// The push of `other` on `body`: overlapping circles separate, approaching ones bounce. Exchanging the two only flips
/// the signs of `gap` and `normal`. Coincident centres have no direction, so they don't push.
Push push_from(const Body& body, const Body& other, Contact contact) {
  const Vec gap = other.position - body.position;
  const float squared = dot(gap, gap);
  if (!(squared < contact.reach * contact.reach) || !(squared > 0.0F)) return {};
  const float length = std::sqrt(squared);
  const Vec normal = gap * (1.0F / length);
  const float approach = std::min(dot(other.velocity - body.velocity, normal), 0.0F);
  return {normal * ((length - contact.reach) * contact.share), normal * (approach * contact.bounce * contact.share)};
}

struct Contacts {
  Contact player_by_player;
  Contact player_by_ball;
  Contact ball_by_player;
};

Contacts contacts_of(const Rules& rules) {
  const float masses = rules.player_mass + rules.ball_mass;
  const float player_ball = rules.player_radius + rules.ball_radius;
  return {
      {rules.player_radius + rules.player_radius, 0.5F, 1.0F + rules.restitution_players},
      {player_ball, rules.ball_mass / masses, 1.0F + rules.restitution_player_ball},
      {player_ball, rules.player_mass / masses, 1.0F + rules.restitution_player_ball},
  };
}

/// Adds the pushes of a team's players on a body, in index order.
Push with_pushes_from(const Rules& rules, Push sum, const Body& body, const PerPlayer<Body>& team, Contact contact) {
  for (int i = 0; i < rules.players; ++i)
    if (&team[i] != &body) sum = sum + push_from(body, team[i], contact);
  return sum;
}

/// All contacts, computed from the same positions and velocities and then applied together (Jacobi). A player sums its
/// mates' pushes, then its opponents', then the ball's; the ball adds both teams' sums. So exchanging the teams changes
/// no bit.
void resolve_contacts(const Rules& rules, GameState& state) {
  const Contacts contacts = contacts_of(rules);
  const GameState before = state;
  const auto apply = [](Body& body, Push push) {
    body.position = body.position + push.position;
    body.velocity = body.velocity + push.velocity;
  };
  for (Team team : {team_a, team_b})
    for (int i = 0; i < rules.players; ++i) {
      const Body& body = before.players[team][i];
      const Push mates = with_pushes_from(rules, {}, body, before.players[team], contacts.player_by_player);
      const Push all = with_pushes_from(rules, mates, body, before.players[1 - team], contacts.player_by_player);
      apply(state.players[team][i], all + push_from(body, before.ball, contacts.player_by_ball));
    }
  apply(state.ball, with_pushes_from(rules, {}, before.ball, before.players[team_a], contacts.ball_by_player) +
                        with_pushes_from(rules, {}, before.ball, before.players[team_b], contacts.ball_by_player));
}

/// Clamps a player's centre to the pitch; the velocity of a clamped coordinate becomes 0.
void keep_on_pitch(const Rules& rules, Body& player) {
  if (std::abs(player.position.x) > rules.half_length) player.velocity.x = 0.0F;
  if (std::abs(player.position.y) > rules.half_width) player.velocity.y = 0.0F;
  player.position.x = std::clamp(player.position.x, -rules.half_length, rules.half_length);
  player.position.y = std::clamp(player.position.y, -rules.half_width, rules.half_width);
}

/// Bounces the ball off the post in its quarter of the pitch; the four posts are mirror images of each other.
void bounce_off_post(const Rules& rules, Body& ball) {
  const float side_x = ball.position.x < 0.0F ? -1.0F : 1.0F;
  const float side_y = ball.position.y < 0.0F ? -1.0F : 1.0F;
  const Vec gap{ball.position.x - side_x * rules.half_length, ball.position.y - side_y * rules.goal_half_width};
  const float reach = rules.ball_radius + rules.post_radius;
  const float squared = dot(gap, gap);
  if (!(squared < reach * reach) || !(squared > 0.0F)) return;
  const float length = std::sqrt(squared);
  const Vec normal = gap * (1.0F / length);
  const float approach = std::min(dot(ball.velocity, normal), 0.0F);
  ball.position = ball.position + normal * (reach - length);
  ball.velocity = ball.velocity - normal * (approach * (1.0F + rules.restitution_post));
}

/// Bounces one coordinate of the ball off a wall that keeps its centre within +- limit. The velocity is reversed only
/// if it points outward.
void bounce_off_wall(const Rules& rules, float limit, float& position, float& velocity) {
  if (!(std::abs(position) > limit)) return;
  const bool outward = position * velocity > 0.0F;
  position = std::clamp(position, -limit, limit);
  if (outward) velocity = 0.0F - velocity * rules.restitution_wall;
}

bool between_the_posts(const Rules& rules, Vec place) { return std::abs(place.y) < rules.goal_half_width; }

/// The ball's velocity after the kick of the nearest kicker of both teams, or the mean kick of those exactly as near.
/// (If all kicks were added, opponents' kicks would cancel and play would get stuck.)
Vec kicked(const Rules& rules, const GameState& state, const Actions& actions) {
  const float dead = rules.kick_dead_zone * rules.kick_dead_zone;
  const float reach = rules.kick_reach * rules.kick_reach;
  constexpr float nobody = std::numeric_limits<float>::infinity();
  PerTeam<PerPlayer<float>> squared{};
  float nearest = nobody;
  for (Team team : {team_a, team_b})
    for (int i = 0; i < rules.players; ++i) {
      const Vec gap = state.ball.position - state.players[team][i].position;
      const Vec kick = actions[team][i].kick;
      const bool kicks = dot(gap, gap) <= reach && dot(kick, kick) > dead;
      squared[team][i] = kicks ? dot(gap, gap) : nobody;
      nearest = std::min(nearest, squared[team][i]);
    }
  if (nearest == nobody) return state.ball.velocity;
  PerTeam<Vec> kicks{};
  float kickers = 0.0F;
  for (Team team : {team_a, team_b})
    for (int i = 0; i < rules.players; ++i)
      if (squared[team][i] == nearest) {
        kicks[team] = kicks[team] + actions[team][i].kick;
        kickers += 1.0F;
      }
  const Vec kick = kicks[team_a] + kicks[team_b];
  return Vec{kick.x / kickers, kick.y / kickers} * rules.kick_speed;
}

/// One physics substep. Returns +1 if the ball is in B's goal, -1 if in A's, else 0.
float substep(const Rules& rules, GameState& state) {
  const float h = 1.0F / static_cast<float>(rules.substeps);
  Body& ball = state.ball;

  // a. The ball slows down; everything moves.
  ball.velocity = ball.velocity * ball_keep_per_substep(rules);
  for (auto& team : state.players)
    for (int i = 0; i < rules.players; ++i) team[i].position = team[i].position + team[i].velocity * h;
  ball.position = ball.position + ball.velocity * h;

  // b. Bodies push each other; then players are kept on the pitch, since a push may have taken them off it.
  resolve_contacts(rules, state);
  for (auto& team : state.players)
    for (int i = 0; i < rules.players; ++i) keep_on_pitch(rules, team[i]);

  // c. The ball bounces off posts and walls. The end wall is open at the goal.
  bounce_off_post(rules, ball);
  bounce_off_wall(rules, rules.half_width - rules.ball_radius, ball.position.y, ball.velocity.y);
  if (!between_the_posts(rules, ball.position))
    bounce_off_wall(rules, rules.half_length - rules.ball_radius, ball.position.x, ball.velocity.x);

  // d. The ball's speed is capped, since a squeezed ball could pass through a body.
  const float squared = dot(ball.velocity, ball.velocity);
  if (squared > rules.ball_top_speed * rules.ball_top_speed)
    ball.velocity = ball.velocity * (rules.ball_top_speed / std::sqrt(squared));
  ball.velocity = without_negative_zero(ball.velocity);

  // e. Goal.
  if (!between_the_posts(rules, ball.position) || std::abs(ball.position.x) < rules.half_length) return 0.0F;
  return ball.position.x > 0.0F ? 1.0F : -1.0F;
}

}  // namespace

Outcome step_arena(const Rules& rules, GameState state, const Actions& actions, float shaping) {
  // 1. The kick, judged at the positions before the step.
  state.ball.velocity = kicked(rules, state, actions);

  // 2. Players' velocities approach those that their actions ask for.
  for (Team team : {team_a, team_b})
    for (int i = 0; i < rules.players; ++i) {
      Vec& velocity = state.players[team][i].velocity;
      velocity = velocity + (actions[team][i].move * rules.player_speed - velocity) * rules.player_response;
    }

  // 3. Substeps, until all are done or a goal is scored.
  float goal = 0.0F;
  for (int k = 0; k < rules.substeps && goal == 0.0F; ++k) goal = substep(rules, state);

  // 4. Score, clock, and the kick-off by the team that conceded.
  ++state.clock;
  if (goal != 0.0F) {
    const Team scorer = goal > 0.0F ? team_a : team_b;
    ++state.score[scorer];
    line_up(rules, state, 1 - scorer);
  }

  // 5. Reward: a goal counts alone, so that the kick-off's jump of potential is not rewarded.
  const float potential = arena_potential(rules, state);
  const float reward = goal != 0.0F ? goal : shaping * (potential - state.potential) + 0.0F;
  state.potential = potential;
  return {state, reward};
}

}  // namespace matchday::reference
