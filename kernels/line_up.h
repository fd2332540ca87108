// line_up: places the bodies at the start of a match and at a kick-off. One match at a time, since both are rare.
#pragma once

#include "kernels/match.h"
#include "kernels/philox.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// Why a match is lined up, which decides who stands where.
enum class Occasion { start, kick_off_by_a, kick_off_by_b };

/// The counter of the noise: the match's index, the number of matches that its place had started before, its clock.
struct Moment {
  std::int64_t match;
  std::int32_t episode;
  std::int32_t clock;
};

/// A player's place, own view: the area's centre, moved by noise within its spread.
MATCHDAY_HOST_DEVICE Vec<float> place_in(const StartArea& area, const RandomWords<std::uint32_t>& noise) {
  return {area.centre.x + area.spread.x * (2.0F * uniform(noise.word[0]) - 1.0F),
          area.centre.y + area.spread.y * (2.0F * uniform(noise.word[1]) - 1.0F)};
}

/// Lines up the match in one lane, everybody at rest, the ball at the centre.
template <class Float, int players>
MATCHDAY_HOST_DEVICE void line_up(const MatchConstants& constants, Occasion occasion, Moment moment,
                                  Match<Float, players>& match, int lane) {
  const auto put = [&](int body, Vec<float> position) {
    set_lane(match.position[body].x, lane, position.x);
    set_lane(match.position[body].y, lane, position.y);
    set_lane(match.velocity[body].x, lane, 0.0F);
    set_lane(match.velocity[body].y, lane, 0.0F);
  };
  MATCHDAY_UNROLL
  for (int k = 0; k < 2 * players; ++k) {
    const bool of_a = k < players;
    const int i = of_a ? k : k - players;
    const bool kicks_off = occasion == (of_a ? Occasion::kick_off_by_a : Occasion::kick_off_by_b);
    // At a kick-off the team that scored has the first slots, so that sides can be swapped; at the start, A.
    const bool first = occasion == Occasion::start ? of_a : !kicks_off;
    const auto slot = slot_start_noise + static_cast<std::uint32_t>(first ? i : players + i);
    const auto noise =
        philox<std::uint32_t>({{static_cast<std::uint32_t>(moment.match), static_cast<std::uint32_t>(moment.episode),
                                static_cast<std::uint32_t>(moment.clock), slot}},
                              constants.seed);
    const Vec<float> own = place_in(kicks_off ? constants.kicking_off[i] : constants.waiting[i], noise);
    put(k, of_a ? own : Vec<float>{0.0F - own.x, 0.0F - own.y});
  }
  put(2 * players, {0.0F, 0.0F});
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
