// line_up: where everybody stands at the start of a match and at a kick-off. One match at a time, since it is rare.
#pragma once

#include "kernels/match.h"
#include "kernels/philox.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// Who stands where.
enum class Occasion { start, kick_off_by_a, kick_off_by_b };

/// Which match's randomness: its index, how many matches its place had started before, and its clock.
struct Moment {
  std::int64_t match;
  std::int32_t episode;
  std::int32_t clock;
};

/// A player's place, own view: his area's centre, moved by noise within its spread.
MATCHDAY_BODY Vec<float> place_in(const StartArea& area, const RandomWords<std::uint32_t>& noise) {
  return {area.centre.x + area.spread.x * (2.0F * uniform(noise.word[0]) - 1.0F),
          area.centre.y + area.spread.y * (2.0F * uniform(noise.word[1]) - 1.0F)};
}

/// Lines up the match at one place of a lane, everybody at rest, the ball at the centre.
template <class Lane, int players>
MATCHDAY_BODY void line_up(const MatchConstants& constants, Occasion occasion, Moment moment,
                           Match<Lane, players>& lane, int place) {
  const auto put = [&](int body, Vec<float> position) {
    set_place(lane.position[body].x, place, position.x);
    set_place(lane.position[body].y, place, position.y);
    set_place(lane.velocity[body].x, place, 0.0F);
    set_place(lane.velocity[body].y, place, 0.0F);
  };
  MATCHDAY_UNROLL
  for (int k = 0; k < 2 * players; ++k) {
    const bool of_a = k < players;
    const int i = of_a ? k : k - players;
    const bool kicks_off = occasion == (of_a ? Occasion::kick_off_by_a : Occasion::kick_off_by_b);
    // The team that scored has the first slots, so that the two teams' places can be exchanged; at the start, A.
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
