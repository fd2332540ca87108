// From what the rules say at run time to what kernels know when they are compiled: the game and the number of players.
#pragma once

#include "rules/rules.h"

namespace matchday::kernels {

template <int players, class Kernel>
void with_players(int wanted, const Kernel& kernel) {
  if constexpr (players <= max_players) {
    if (wanted == players)
      kernel.template operator()<players>();
    else
      with_players<players + 1>(wanted, kernel);
  }
}

/// Calls kernel.operator()<game, players>().
template <class Kernel>
void with_game(const Rules& rules, const Kernel& kernel) {
  with_players<1>(rules.players, [&]<int players>() {
    switch (rules.game) {
      case Game::footyai_v1:
        return kernel.template operator()<Game::footyai_v1, players>();
      case Game::footyai_v2:
        return kernel.template operator()<Game::footyai_v2, players>();
      case Game::arena:
        return kernel.template operator()<Game::arena, players>();
    }
  });
}

}  // namespace matchday::kernels
