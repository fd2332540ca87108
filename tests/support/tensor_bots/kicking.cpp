#include "tests/support/tensor_bots/kicking.h"

#include <limits>

#include "tests/support/tensor_bots/geometry.h"

namespace matchday::tensor_bots {
namespace {

/// A lane begins this share of the way off the ball: an opponent right behind the ball is still in it, a little.
constexpr float lane_begin = 0.05F;

/// Shots go at the middle or at this share of the goal's half width: clear of the posts and of a keeper in the middle.
constexpr float corner_share = 0.7F;

/// Passes are for where the mate will be. steps
constexpr float pass_lead = 4.0F;

/// Distances over which a pass is worth it and still arrives. u
constexpr float shortest_pass = 7.0F;
constexpr float longest_pass = 32.0F;

/// No opponent may be nearer to the pass's way than this: about what one runs while the ball goes by. u
constexpr float free_lane = 4.0F;

/// Passes lead forward, or back by at most this. u
constexpr float farthest_back = 5.0F;

/// What a wider lane and the mate's room count against 1 u forward, up to where they are wide enough. u
constexpr float lane_weight = 2.0F;
constexpr float lane_enough = 6.0F;
constexpr float room_weight = 0.7F;
constexpr float room_enough = 12.0F;

/// A pass arrives at this share of a player's top speed: the mate can take it in its run.
constexpr float arrival_share = 0.6F;

/// The weakest pass, as a kick: anything less an opponent would run down.
constexpr float weakest_pass = 0.3F;

/// Sideways part of a clearance for 1 forward: towards the near side line, where it does little harm.
constexpr float clearance_sideways = 0.8F;

}  // namespace

at::Tensor lanes(const OwnView& view, const at::Tensor& ways) {
  const at::Tensor opponents = (view.opponents - view.ball).unsqueeze(1);  // [2, 1, N, B]
  const at::Tensor way = ways.unsqueeze(2);                                // [2, K, 1, B]
  const at::Tensor along =
      (scalar_product(opponents, way) / way.square().sum(0).clamp_min(tiny)).clamp(lane_begin, 1.0);
  return tensor::exact_sqrt((opponents - along * way).square().sum(0).amin(1));
}

Choice best_shot(const OwnView& view) {
  const at::Tensor way = view.goal - view.ball, y = way[1];
  const float corner = corner_share * view.goal_half_width;
  const at::Tensor ways = points(way[0].expand({3, -1}), at::cat({y - corner, y, y + corner}));
  const auto [lane, chosen] = lanes(view, ways).max(0, true);
  return {unit(pick(ways, chosen)), lane};
}

Choice best_pass(const OwnView& view) {
  const at::Tensor players = field_players(view, view.players);
  const at::Tensor mates = players + pass_lead * field_players(view, view.velocities);
  const at::Tensor ways = mates - view.ball, ahead = ways[0];
  const at::Tensor distance = length(ways), lane = lanes(view, ways);
  const at::Tensor room =
      tensor::exact_sqrt((mates.unsqueeze(2) - view.opponents.unsqueeze(1)).square().sum(0).amin(1));
  // Whoever reaches the ball is the one who passes.
  const at::Tensor possible = (length(players - view.ball) > view.kick_reach) & (distance > shortest_pass) &
                              (distance < longest_pass) & (lane > free_lane) & (ahead > -farthest_back);
  const at::Tensor worth =
      ahead + lane_weight * lane.clamp_max(lane_enough) + room_weight * room.clamp_max(room_enough);
  const auto [best, chosen] = at::where(possible, worth, -std::numeric_limits<float>::infinity()).max(0, true);
  // Drag takes (1 - keep) of the ball's speed for every unit that it rolls.
  const at::Tensor speed = (1.0F - view.ball_keep) * distance + arrival_share * view.player_speed;
  const at::Tensor strength = (speed / view.kick_speed).clamp(weakest_pass, 1.0);
  return {pick(ways * (strength / distance.clamp_min(tiny)), chosen), best};
}

at::Tensor clearance(const OwnView& view) {
  const at::Tensor& y = view.ball[1];
  return unit(points(at::ones_like(y), clearance_sideways * y.sign()));
}

}  // namespace matchday::tensor_bots
