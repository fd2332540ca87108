// Where to kick the ball: at the goal, to a mate, past an opponent, away.
#pragma once

#include <limits>

#include "kernels/bots/own_view.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {
namespace bots {

inline constexpr float infinity = std::numeric_limits<float>::infinity();

/// A kick that one may or may not make.
template <class Lane>
struct Choice {
  Vec<Lane> kick;
  Lane worth;
};

/// Takes what is worth more; of two that are worth the same, what was chosen before.
template <class Lane>
MATCHDAY_BODY void choose(Choice<Lane>& chosen, const Choice<Lane>& other) {
  const auto better = other.worth > chosen.worth;
  chosen = {select(better, other.kick, chosen.kick), select(better, other.worth, chosen.worth)};
}

/// A lane begins this share of the way off the ball: an opponent right behind the ball is still in it, a little.
inline constexpr float lane_begin = 0.05F;

/// How free a way from the ball is: the smallest distance of an opponent to it from its share `begin` on. u
template <class Lane>
MATCHDAY_BODY Lane lane_width(const OwnView<Lane>& view, Vec<Lane> way, float begin = lane_begin) {
  const Lane squared_way = larger(squared_length(way), Lane(tiny));
  Lane nearest = infinity;
  for (int k = 0; k < view.players(); ++k) {
    const Vec<Lane> opponent = view.opponent(k) - view.ball;
    const Lane along = clamp(dot(opponent, way) / squared_way, Lane(begin), Lane(1.0F));
    nearest = smaller(nearest, squared_length(opponent - way * along));
  }
  return square_root(nearest);
}

/// A shot through the most open of three lanes, at the goal's middle or near a post; worth how wide that lane is, u.
template <class Lane>
MATCHDAY_BODY Choice<Lane> best_shot(const OwnView<Lane>& view) {
  // Shots go at the middle or at this share of the goal's half width: clear of the posts and of a keeper in the middle.
  constexpr float corner_share = 0.7F;
  const Vec<Lane> way = view.goal() - view.ball;
  const Lane corner = corner_share * view.constants.goal_half_width;
  const Vec<Lane> first{way.x, way.y - corner};
  Choice<Lane> best{first, lane_width(view, first)};
  for (int k = 0; k < 2; ++k) {
    const Vec<Lane> other{way.x, k == 0 ? way.y : way.y + corner};
    choose(best, {other, lane_width(view, other)});
  }
  return {unit(best.kick), best.worth};
}

/// The distance of the opponent nearest to a point. u
template <class Lane>
MATCHDAY_BODY Lane room_at(const OwnView<Lane>& view, Vec<Lane> point) {
  Lane nearest = infinity;
  for (int k = 0; k < view.players(); ++k) nearest = smaller(nearest, squared_length(point - view.opponent(k)));
  return square_root(nearest);
}

/// How hard a pass over this distance is kicked, so that it arrives at a share of a player's top speed.
template <class Lane>
MATCHDAY_BODY Lane pass_strength(const OwnView<Lane>& view, Lane distance, float arrival_share) {
  // The weakest pass, as a kick: anything less an opponent would run down.
  constexpr float weakest_pass = 0.3F;
  // Drag takes (1 - keep) of the ball's speed for every unit that it rolls.
  const Lane speed =
      Lane(1.0F - view.constants.ball_keep) * distance + Lane(arrival_share * view.constants.player_speed);
  return clamp(speed / Lane(view.constants.kick_speed), Lane(weakest_pass), Lane(1.0F));
}

/// A pass to the best placed free mate, -infinity worth if there is none.
template <class Lane>
MATCHDAY_BODY Choice<Lane> best_pass(const OwnView<Lane>& view) {
  // Passes are for where the mate will be. steps
  constexpr float pass_lead = 4.0F;
  // Distances over which a pass is worth it and still arrives. u
  constexpr float shortest_pass = 7.0F;
  constexpr float longest_pass = 32.0F;
  // No opponent may be nearer to the pass's way than this: about what one runs while the ball goes by. u
  constexpr float free_lane = 4.0F;
  // Passes lead forward, or back by at most this. u
  constexpr float farthest_back = 5.0F;
  // What a wider lane and the mate's room count against 1 u forward, up to where they are wide enough. u
  constexpr float lane_weight = 2.0F;
  constexpr float lane_enough = 6.0F;
  constexpr float room_weight = 0.7F;
  constexpr float room_enough = 12.0F;
  // A pass arrives at this share of a player's top speed: the mate can take it in its run.
  constexpr float arrival_share = 0.6F;

  Choice<Lane> best{{Lane(0.0F), Lane(0.0F)}, Lane(-infinity)};
  for (int k = view.first_field_player(); k < view.players(); ++k) {
    const Vec<Lane> mate = view.player(k) + view.velocity_of_player(k) * Lane(pass_lead);
    const Vec<Lane> way = mate - view.ball;
    const Lane distance = length(way);
    // Whoever reaches the ball is the one who passes.
    auto possible = (length(view.player(k) - view.ball) > Lane(view.constants.kick_reach)) &
                    (distance > Lane(shortest_pass)) & (distance < Lane(longest_pass)) & (way.x > Lane(-farthest_back));
    if (!any(possible)) continue;
    const Lane lane = lane_width(view, way);
    possible = possible & (lane > Lane(free_lane));
    if (!any(possible)) continue;
    const Lane worth = way.x + Lane(lane_weight) * smaller(lane, Lane(lane_enough)) +
                       Lane(room_weight) * smaller(room_at(view, mate), Lane(room_enough));
    const Lane strength = pass_strength(view, distance, arrival_share);
    choose(best, {way * (strength / larger(distance, Lane(tiny))), select(possible, worth, Lane(-infinity))});
  }
  return best;
}

/// Upfield, and away from the middle.
template <class Lane>
MATCHDAY_BODY Vec<Lane> clearance(const OwnView<Lane>& view) {
  // Sideways part for 1 forward: towards the near side line, where it does little harm.
  constexpr float sideways = 0.8F;
  const Lane zero = 0.0F;
  const Lane y = view.ball.y;
  return unit(Vec<Lane>{Lane(1.0F), select(y > zero, Lane(sideways), select(y < zero, Lane(-sideways), zero))});
}

}  // namespace bots
}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
