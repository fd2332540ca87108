// bot_actions: scripted teams' actions in the current step of their matches.
#pragma once

#include "kernels/bots/counter.h"
#include "kernels/bots/passer.h"
#include "kernels/bots/role.h"
#include "kernels/bots/simple.h"
#include "kernels/gaussian.h"
#include "rules/bots.h"
#include "rules/observation.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

namespace bots {

/// The random bot's actions, drawn separately for each player: put(k, numbers).
template <class Float, class Put>
MATCHDAY_HOST_DEVICE void draw(const OwnView<Float>& view, const Put& put) {
  WordOf<Float> match;
  IntegerOf<Float> episode;
  IntegerOf<Float> clock;
  load(match, view.arrays.match + view.b);
  load(episode, view.arrays.episode + view.b);
  load(clock, view.arrays.clock + view.b);
  for (int k = 0; k < view.players(); ++k) {
    const auto slot = slot_bot + static_cast<std::uint32_t>(view.team * view.players() + k);
    Normals<Float> drawn = noise_at<Float>(match, episode, clock, slot, view.constants.seed);
    for (Float& number : drawn.number) number = clamp(number, Float(-1.0F), Float(1.0F));
    put(k, drawn.number);
  }
}

/// The bot's actions, in the view that the game expects for its team: put(k, numbers).
template <class Float, class Put>
MATCHDAY_HOST_DEVICE void act(Bot bot, const OwnView<Float>& view, const Put& put) {
  const bool rotate = view.team == 1 && !view.constants.sees_own_side;
  const auto decide = [&](int k, const Decision<Float>& decision) {
    Float numbers[action_size] = {decision.move.x, decision.move.y, decision.kick.x, decision.kick.y};
    if (rotate)
      for (Float& number : numbers) number = Float(0.0F) - number;
    put(k, numbers);
  };
  switch (bot) {
    case Bot::nobody:
      return;
    case Bot::still:
      return stand_still(view, decide);
    case Bot::random:
      return draw(view, put);
    case Bot::chaser:
      return chase(view, decide);
    case Bot::presser:
      return press(view, decide);
    case Bot::keeper:
      return keep_goal(view, decide);
    case Bot::role:
      return play_roles(view, decide);
    case Bot::counter:
      return counter_attack(view, decide);
    case Bot::passer:
      return pass_on(view, decide);
  }
}

}  // namespace bots

/// Writes the actions of the bots that move this team in the matches from b on, one a lane.
template <class Float>
MATCHDAY_HOST_DEVICE void bot_actions(const BotConstants& constants, const BotArrays& arrays, std::int64_t b,
                                      int team) {
  constexpr int lanes = FloatTraits<Float>::lanes;
  const std::int32_t* bot_of_match = arrays.bots + team * arrays.matches + b;
  const std::int64_t stride = constants.players * action_size;
  float* rows = arrays.action + (team * arrays.matches + b) * stride;
  const bots::OwnView<Float> view(constants, arrays, b, team);
  for (int bot = 0; bot < bot_count; ++bot) {
    const auto moves = [&](int lane) { return bot_of_match[lane] == bot; };
    bool moves_any = false;
    for (int lane = 0; lane < lanes; ++lane) moves_any |= moves(lane);
    if (!moves_any) continue;
    bots::act(static_cast<Bot>(bot), view, [&](int k, const Float(&numbers)[action_size]) {
      store_four_where(moves, numbers, rows + k * action_size, stride);
    });
  }
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
