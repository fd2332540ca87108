// Dispatches on the rules' game and number of players, which kernels take as template arguments.
#pragma once

#include "kernels/team_sizes.h"
#include "rules/rules.h"

namespace matchday::kernels {

/// Calls kernel.operator()<players>().
template <class Kernel>
void with_players(int wanted, const Kernel& kernel) {
  [&]<int... sizes>(std::integer_sequence<int, sizes...>) {
    ((wanted == sizes ? kernel.template operator()<sizes>() : void()), ...);
  }
  (TeamSizes{});
}

/// Calls kernel.operator()<game, players>().
template <class Kernel>
void with_game(const Rules& rules, const Kernel& kernel) {
  with_players(rules.players, [&]<int players>() {
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
