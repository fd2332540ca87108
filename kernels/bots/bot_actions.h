// bot_actions: scripted teams' actions in the current step of their matches.
#pragma once

#include "kernels/bots/counter.h"
#include "kernels/bots/passer.h"
#include "kernels/bots/role.h"
#include "kernels/bots/simple.h"
#include "rules/bots.h"
#include "rules/observation.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

namespace bots {

/// Where a bot's decisions go: put(k, numbers) gets those of player k, in the view that the game expects for its team.
template <class Float, class Put>
struct Decide {
  const Put& put;
  bool rotate;

  MATCHDAY_HOST_DEVICE void operator()(int k, const Decision<Float>& decision) const {
    Float numbers[action_size] = {decision.move.x, decision.move.y, decision.kick.x, decision.kick.y};
    if (rotate)
      for (Float& number : numbers) number = Float(0.0F) - number;
    put(k, numbers);
  }

  /// Numbers that are the same in either view.
  MATCHDAY_HOST_DEVICE void as_drawn(int k, const Float (&numbers)[action_size]) const { put(k, numbers); }
};

/// The bot's actions: put(k, numbers).
template <class Float, class Put>
MATCHDAY_HOST_DEVICE void act(Bot bot, const OwnView<Float>& view, const Put& put) {
  const Decide<Float, Put> decide{put, view.team == 1 && !view.constants.sees_own_side};
  switch (bot) {
    case Bot::nobody:
      return;
#define MATCHDAY_BOT(name, function, summary) \
  case Bot::name:                             \
    return function(view, decide);
      MATCHDAY_BOTS(MATCHDAY_BOT)
#undef MATCHDAY_BOT
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
