// Where to kick the ball: at the goal, to a mate, past an opponent, away.
#pragma once

#include <limits>

#include "kernels/bots/own_view.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {
namespace bots {

inline constexpr float infinity = std::numeric_limits<float>::infinity();

/// A possible kick and its worth.
template <class Float>
struct Choice {
  Vec<Float> kick;
  Float worth;
};

/// Keeps the kick of greater worth; on a tie, the one chosen before.
template <class Float>
MATCHDAY_HOST_DEVICE void choose(Choice<Float>& chosen, const Choice<Float>& other) {
  const auto better = other.worth > chosen.worth;
  chosen = {select(better, other.kick, chosen.kick), select(better, other.worth, chosen.worth)};
}

/// A lane begins at this share of the way from the ball, so that an opponent right behind the ball still narrows it.
inline constexpr float lane_begin = 0.05F;

/// How free the lane along `way` from the ball is: the smallest distance of an opponent to it, from share `begin` on. u
template <class Float>
MATCHDAY_HOST_DEVICE Float lane_width(const OwnView<Float>& view, Vec<Float> way, float begin = lane_begin) {
  const Float squared_way = larger(squared_length(way), Float(tiny));
  Float nearest = infinity;
  for (int k = 0; k < view.players(); ++k) {
    const Vec<Float> opponent = view.opponent(k) - view.ball;
    const Float along = clamp(dot(opponent, way) / squared_way, Float(begin), Float(1.0F));
    nearest = smaller(nearest, squared_length(opponent - way * along));
  }
  return square_root(nearest);
}

/// A shot through the most open of three lanes, at the goal's middle or near a post; its worth is the lane's width, u.
template <class Float>
MATCHDAY_HOST_DEVICE Choice<Float> best_shot(const OwnView<Float>& view) {
  // Shots go at the middle or at this share of the goal's half width: clear of the posts and of a keeper in the middle.
  constexpr float corner_share = 0.7F;
  const Vec<Float> way = view.goal() - view.ball;
  const Float corner = corner_share * view.constants.goal_half_width;
  const Vec<Float> first{way.x, way.y - corner};
  Choice<Float> best{first, lane_width(view, first)};
  for (int k = 0; k < 2; ++k) {
    const Vec<Float> other{way.x, k == 0 ? way.y : way.y + corner};
    choose(best, {other, lane_width(view, other)});
  }
  return {unit(best.kick), best.worth};
}

/// The distance of the opponent nearest to a point. u
template <class Float>
MATCHDAY_HOST_DEVICE Float room_at(const OwnView<Float>& view, Vec<Float> point) {
  Float nearest = infinity;
  for (int k = 0; k < view.players(); ++k) nearest = smaller(nearest, squared_length(point - view.opponent(k)));
  return square_root(nearest);
}

/// How hard a pass over this distance is kicked, so that it arrives at a share of a player's top speed.
template <class Float>
MATCHDAY_HOST_DEVICE Float pass_strength(const OwnView<Float>& view, Float distance, float arrival_share) {
  // The weakest pass, as a kick's length: opponents would run down a weaker one.
  constexpr float weakest_pass = 0.3F;
  // Drag slows the ball by (1 - keep) units/step for every unit that it rolls.
  const Float speed =
      Float(1.0F - view.constants.ball_keep) * distance + Float(arrival_share * view.constants.player_speed);
  return clamp(speed / Float(view.constants.kick_speed), Float(weakest_pass), Float(1.0F));
}

/// A pass to the best placed free mate; worth -infinity if there is none.
template <class Float>
MATCHDAY_HOST_DEVICE Choice<Float> best_pass(const OwnView<Float>& view) {
  // Passes aim at the mate's place this many steps later.
  constexpr float pass_lead = 4.0F;
  // Distances over which a pass is worthwhile and still arrives. u
  constexpr float shortest_pass = 7.0F;
  constexpr float longest_pass = 32.0F;
  // No opponent may be nearer to the pass's lane than this: about how far one runs while the ball goes by. u
  constexpr float free_lane = 4.0F;
  // Passes go forward, or back by at most this. u
  constexpr float farthest_back = 5.0F;
  // Weights of lane width and the mate's room against 1 u forward, and the values beyond which they add nothing. u
  constexpr float lane_weight = 2.0F;
  constexpr float lane_enough = 6.0F;
  constexpr float room_weight = 0.7F;
  constexpr float room_enough = 12.0F;
  // A pass arrives at this share of a player's top speed: the mate can take it while running.
  constexpr float arrival_share = 0.6F;

  Choice<Float> best{{Float(0.0F), Float(0.0F)}, Float(-infinity)};
  for (int k = view.first_field_player(); k < view.players(); ++k) {
    const Vec<Float> mate = view.player(k) + view.velocity_of_player(k) * Float(pass_lead);
    const Vec<Float> way = mate - view.ball;
    const Float distance = length(way);
    // A player who reaches the ball is the passer.
    auto possible = (length(view.player(k) - view.ball) > Float(view.constants.kick_reach)) &
                    (distance > Float(shortest_pass)) & (distance < Float(longest_pass)) &
                    (way.x > Float(-farthest_back));
    if (!any(possible)) continue;
    const Float lane = lane_width(view, way);
    possible = possible & (lane > Float(free_lane));
    if (!any(possible)) continue;
    const Float worth = way.x + Float(lane_weight) * smaller(lane, Float(lane_enough)) +
                        Float(room_weight) * smaller(room_at(view, mate), Float(room_enough));
    const Float strength = pass_strength(view, distance, arrival_share);
    choose(best, {way * (strength / larger(distance, Float(tiny))), select(possible, worth, Float(-infinity))});
  }
  return best;
}

/// A clearance: upfield, and away from the middle.
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> clearance(const OwnView<Float>& view) {
  // Sideways part for 1 forward: towards the near side line, where it does little harm.
  constexpr float sideways = 0.8F;
  const Float zero = 0.0F;
  const Float y = view.ball.y;
  return unit(Vec<Float>{Float(1.0F), select(y > zero, Float(sideways), select(y < zero, Float(-sideways), zero))});
}

}  // namespace bots
}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
