// The kernels' launchers on the CPU. This file is compiled once for each instruction set (CMakeLists.txt), which
// MATCHDAY_INSTRUCTION_SET names.
#include "kernels/cpu/kernels.h"

#include <algorithm>

#include "kernels/cpu/wide.h"
#include "kernels/games.h"
#include "kernels/observe_player.h"
#include "kernels/rollout_step.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {
namespace {

/// Transposes observations, one match a lane, into match-major rows, `stride` numbers apart.
template <int components>
void store_rows(const WideFloat (&numbers)[components], float* rows, std::int64_t stride) {
  if constexpr (components < wide_lanes) {
    for (int d = 0; d < components; ++d)
      for (int lane = 0; lane < wide_lanes; ++lane) rows[lane * stride + d] = at_lane(numbers[d], lane);
  } else {
    for (int d = 0; d < components; d += wide_lanes) {
      const int first = std::min(d, components - wide_lanes);  // the last square may overlap the one before
      store_square(numbers + first, rows + first, stride);
    }
  }
}

/// One match alone needs no transposing.
template <int components>
void store_rows(const float (&numbers)[components], float* rows, std::int64_t) {
  std::memcpy(rows, numbers, sizeof numbers);
}

/// A `show` function for matches, one a lane: writes both teams' observations to the rows of the matches from b on.
template <Game game, class Float, int players>
auto shown_in(float* observation, const MatchConstants& constants, const MatchArrays& arrays, std::int64_t b) {
  return [=, &constants, &arrays](const Match<Float, players>& match, const Scoreboard<Float>& board) {
    constexpr int components = observation_size(game, players);
    Float seen[2][components];
    observe<game>(constants.rules, match, board, [&](int team, int d, Float number) { seen[team][d] = number; });
    for (int team = 0; team < 2; ++team)
      store_rows(seen[team], observation + (team * arrays.matches + b) * components, components);
  };
}

std::int64_t rollout_step_of_matches(const MatchConstants& constants, const MatchArrays& arrays,
                                     const RolloutArrays& rollout_arrays, std::int64_t first, std::int64_t last) {
  std::int64_t nonfinite_actions = 0;
  with_game(constants.rules, [&]<Game game, int players>() {
    in_lanes(first, last, [&]<class Float>(std::int64_t b) {
      nonfinite_actions += rollout_step<game, Float, players>(
          constants, arrays, rollout_arrays, b,
          shown_in<game, Float, players>(rollout_arrays.step.observation, constants, arrays, b));
    });
  });
  return nonfinite_actions;
}

void start_matches(const MatchConstants& constants, const MatchArrays& arrays, const bool* mask, std::int64_t first,
                   std::int64_t last) {
  with_game(constants.rules, [&]<Game game, int players>() {
    for (std::int64_t b = first; b < last; ++b)
      if (mask == nullptr || mask[b]) start<game, players>(constants, arrays, b);
  });
}

void observe_matches(const MatchConstants& constants, const MatchArrays& arrays, float* observation, std::int64_t first,
                     std::int64_t last) {
  with_game(constants.rules, [&]<Game game, int players>() {
    in_lanes(first, last, [&]<class Float>(std::int64_t b) {
      look<Float, players>(arrays, b, shown_in<game, Float, players>(observation, constants, arrays, b));
    });
  });
}

void observe_players_of_matches(const MatchConstants& constants, const MatchArrays& arrays, float* observation,
                                std::int64_t first, std::int64_t last) {
  with_players(constants.rules.players, [&]<int players>() {
    constexpr int components = player_observation_size(players);
    in_lanes(first, last, [&]<class Float>(std::int64_t b) {
      for (int team = 0; team < 2; ++team)
        for (int index = 0; index < players; ++index) {
          Float seen[components];
          observe_player<Float, players>(constants.rules, arrays, b, team, index,
                                         [&](int d, Float number) { seen[d] = number; });
          store_rows(seen, observation + ((team * arrays.matches + b) * players + index) * components,
                     players * components);
        }
    });
  });
}

void noise_of_matches(const NoiseArrays& arrays, float* to, std::int64_t first, std::int64_t last) {
  in_lanes(first, last, [&]<class Float>(std::int64_t b) { noise<Float>(arrays, b, to); });
}

void sample_matches(const NoiseArrays& arrays, const SampleArrays& samples, std::int64_t first, std::int64_t last) {
  in_lanes(first, last, [&]<class Float>(std::int64_t b) { sample_actions<Float>(arrays, samples, b); });
}

void returns_of_matches(const ReturnsArrays& arrays, std::int64_t first, std::int64_t last) {
  in_lanes(first, last, [&]<class Float>(std::int64_t b) { discounted_returns<Float>(arrays, b); });
}

}  // namespace

void bot_actions_of_matches(const BotConstants& constants, const BotArrays& arrays, std::int64_t first,
                            std::int64_t last);  // bots.cpp

#define MATCHDAY_NAME_OF(instruction_set) #instruction_set
#define MATCHDAY_NAME(instruction_set) MATCHDAY_NAME_OF(instruction_set)

extern const NetworkKernels network_kernels_of_this_instruction_set;           // network.cpp
extern const NetworkKernels bfloat16_network_kernels_of_this_instruction_set;  // bfloat16_network.cpp
extern const CpuKernels kernels_of_this_instruction_set;
const CpuKernels kernels_of_this_instruction_set{MATCHDAY_NAME(MATCHDAY_INSTRUCTION_SET),
                                                 wide_lanes,
                                                 rollout_step_of_matches,
                                                 start_matches,
                                                 observe_matches,
                                                 observe_players_of_matches,
                                                 noise_of_matches,
                                                 sample_matches,
                                                 bot_actions_of_matches,
                                                 returns_of_matches,
                                                 &network_kernels_of_this_instruction_set,
                                                 &bfloat16_network_kernels_of_this_instruction_set};

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
