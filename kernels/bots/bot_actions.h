// bot_actions: what scripted teams do at their matches' present step.
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

/// The random bot's numbers, each player's his own: put(k, numbers).
template <class Lane, class Put>
MATCHDAY_BODY void draw(const OwnView<Lane>& view, const Put& put) {
  WordOf<Lane> match;
  IntegerOf<Lane> episode;
  IntegerOf<Lane> clock;
  load(match, view.arrays.match + view.b);
  load(episode, view.arrays.episode + view.b);
  load(clock, view.arrays.clock + view.b);
  for (int k = 0; k < view.players(); ++k) {
    const auto slot = slot_bot + static_cast<std::uint32_t>(view.team * view.players() + k);
    Normals<Lane> drawn = noise_at<Lane>(match, episode, clock, slot, view.constants.seed);
    for (Lane& number : drawn.number) number = clamp(number, Lane(-1.0F), Lane(1.0F));
    put(k, drawn.number);
  }
}

/// What the bot does, in the view in which its team's actions are given: put(k, numbers).
template <class Lane, class Put>
MATCHDAY_BODY void act(Bot bot, const OwnView<Lane>& view, const Put& put) {
  const bool turn = view.team == 1 && !view.constants.sees_own_side;
  const auto decide = [&](int k, const Decision<Lane>& decision) {
    Lane numbers[action_size] = {decision.move.x, decision.move.y, decision.kick.x, decision.kick.y};
    if (turn)
      for (Lane& number : numbers) number = Lane(0.0F) - number;
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

/// Writes the actions of those bots that move this team in the matches from b on, a lane of them.
template <class Lane>
MATCHDAY_BODY void bot_actions(const BotConstants& constants, const BotArrays& arrays, std::int64_t b, int team) {
  constexpr int lane = LaneTraits<Lane>::matches;
  const std::int32_t* bot_of_match = arrays.bots + team * arrays.matches + b;
  const std::int64_t stride = constants.players * action_size;
  float* rows = arrays.action + (team * arrays.matches + b) * stride;
  const bots::OwnView<Lane> view(constants, arrays, b, team);
  for (int bot = 0; bot < bot_count; ++bot) {
    const auto moves = [&](int place) { return bot_of_match[place] == bot; };
    bool moves_any = false;
    for (int place = 0; place < lane; ++place) moves_any |= moves(place);
    if (!moves_any) continue;
    bots::act(static_cast<Bot>(bot), view, [&](int k, const Lane(&numbers)[action_size]) {
      store_four_where(moves, numbers, rows + k * action_size, stride);
    });
  }
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
