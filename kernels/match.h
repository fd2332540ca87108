// B matches as the kernels see them: pointers into the tensors of MatchState, and matches in registers, one a lane.
#pragma once

#include "kernels/lanes.h"
#include "rules/bots.h"
#include "rules/formations.h"
#include "rules/rules.h"

namespace matchday::kernels {

/// Constants of all matches of a call, computed once on the host. Passed to kernels by value.
struct MatchConstants {
  Rules rules;
  std::uint64_t seed;
  float ball_keep_per_substep;
  StartArea waiting[max_players];      ///< where players start, own view
  StartArea kicking_off[max_players];  ///< the same for the team that kicks off
};

inline MatchConstants match_constants(const Rules& rules, std::uint64_t seed) {
  MatchConstants constants{rules, seed, ball_keep_per_substep(rules), {}, {}};
  for (int i = 0; i < rules.players; ++i) {
    constants.waiting[i] = start_area(rules, false, i);
    constants.kicking_off[i] = start_area(rules, true, i);
  }
  return constants;
}

/// The state of B matches.
struct MatchArrays {
  std::int64_t matches;       ///< B
  std::int64_t stride;        ///< numbers from one row of bodies to the next, B or more
  std::int64_t score_stride;  ///< numbers from A's scores to B's, B or more
  float* bodies;              ///< [4, 2N+1, stride]: x, y (u), vx, vy (u/step); A's players, B's players, ball
  std::int32_t* score;        ///< [2, score_stride]
  std::int32_t* clock;        ///< [B], steps played
  std::int32_t* episode;      ///< [B], number of matches that the place had started before
  float* potential;           ///< [B], the potential whose change shaping rewards, A's view
  const std::int64_t* match;  ///< [B], the matches' indices, a part of every random number's counter
};

/// A step's inputs and outputs besides the state.
struct StepArrays {
  const float* action;   ///< [2, B, N, 4], aligned to 16 bytes: move x, y, kick x, y in the acting team's view
  const float* shaping;  ///< [1], scales the shaping part of the reward
  float* observation;    ///< [2, B, D], what both teams see after the step; null: not written
  float* reward;         ///< [B], A's
  bool* terminated;      ///< [B], full time
  std::int64_t* nonfinite_actions;  ///< [1], a step adds its number of non-finite action components
  bool rounds_observation = false;  ///< on a GPU: observation is bfloat16
};

/// The counters of the noise (rules/randomness.h).
struct NoiseArrays {
  std::int64_t matches;  ///< B
  int players;           ///< N, per team
  std::uint64_t seed;
  std::uint32_t first_slot;     ///< the slot of A's first player
  const std::int64_t* match;    ///< [B]
  const std::int32_t* episode;  ///< [B]
  const std::int32_t* clock;    ///< [B]
};

/// The distributions that actions are drawn from, and the samples. All [2, B, N, 4] are aligned to 16 bytes.
struct SampleArrays {
  const float* mean;         ///< [2, B, N, 4]
  const float* log_std;      ///< [2, B, N, 4]
  bool squash;               ///< whether an action is tanh of the sample
  bool rotate_b;             ///< B's policy acts in its own view, but the game takes actions as seen from above
  const std::int32_t* bots;  ///< [2, B]: actions of teams that a bot moves are not overwritten; null: no bots
  float* pre_squash;         ///< [2, B, N, 4], as drawn
  float* action;             ///< [2, B, N, 4]
  float* log_prob;           ///< [2, B, N], of a player's action
};

/// A step, with the sampling before it and the restarts after it.
struct RolloutArrays {
  StepArrays step;
  SampleArrays samples;           ///< drawn into step.action; mean null: step.action is set already
  std::uint32_t first_slot = 0;   ///< of the samples' noise
  std::int32_t* score = nullptr;  ///< [2, B], after the step, before restarts; null: not written
  bool autoreset = false;         ///< finished matches are replaced by their next ones before they are observed
};

inline namespace MATCHDAY_INSTRUCTION_SET {

/// Whether this is a bot's number.
MATCHDAY_HOST_DEVICE bool is_bot(std::int32_t number) { return number >= 0 && number < bot_count; }

/// Matches, one a lane: all bodies, A's players, B's players, ball.
template <class Float, int players>
struct Match {
  static constexpr int ball = 2 * players;
  Vec<Float> position[2 * players + 1];  ///< u, from the pitch's centre
  Vec<Float> velocity[2 * players + 1];  ///< u/step
};

/// Loads the matches from b on. The compiler drops loads that a game does not use.
template <class Float, int players>
MATCHDAY_HOST_DEVICE void load_bodies(Match<Float, players>& match, const MatchArrays& arrays, std::int64_t b) {
  constexpr int bodies = 2 * players + 1;
  const std::int64_t row = bodies * arrays.stride;
  MATCHDAY_UNROLL
  for (int k = 0; k < bodies; ++k) {
    const float* body = arrays.bodies + k * arrays.stride + b;
    load(match.position[k].x, body);
    load(match.position[k].y, body + row);
    load(match.velocity[k].x, body + 2 * row);
    load(match.velocity[k].y, body + 3 * row);
  }
}

template <class Float, int players>
MATCHDAY_HOST_DEVICE void store_bodies(const Match<Float, players>& match, const MatchArrays& arrays, std::int64_t b) {
  constexpr int bodies = 2 * players + 1;
  const std::int64_t row = bodies * arrays.stride;
  MATCHDAY_UNROLL
  for (int k = 0; k < bodies; ++k) {
    float* body = arrays.bodies + k * arrays.stride + b;
    store(match.position[k].x, body);
    store(match.position[k].y, body + row);
    store(match.velocity[k].x, body + 2 * row);
    store(match.velocity[k].y, body + 3 * row);
  }
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
