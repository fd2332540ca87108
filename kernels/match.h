// B matches as the kernels see them: pointers into the tensors of MatchState, and one lane of matches in registers.
#pragma once

#include "kernels/lane.h"
#include "rules/bots.h"
#include "rules/formations.h"
#include "rules/rules.h"

namespace matchday::kernels {

/// What all matches of a call have in common, worked out once on the host. Passed to kernels by value.
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
  std::int64_t pitch;         ///< numbers from one row of bodies to the next, B or more
  std::int64_t score_pitch;   ///< numbers from A's scores to B's, B or more
  float* bodies;              ///< [4, 2N+1, pitch]: x, y (u), vx, vy (u/step); A's players, B's players, ball
  std::int32_t* score;        ///< [2, score_pitch]
  std::int32_t* clock;        ///< [B], steps played
  std::int32_t* episode;      ///< [B], matches that the place had started before
  float* potential;           ///< [B], what shaping rewards the change of, A's view
  const std::int64_t* match;  ///< [B], the matches' indices, which with the seed decide all randomness
};

/// What a step reads and gives besides the state.
struct StepArrays {
  const float* action;        ///< [2, B, N, 4], aligned to 16 bytes: move x, y, kick x, y in the acting team's view
  const float* shaping;       ///< [1], scales the shaping part of the reward
  float* observation;         ///< [2, B, D], what both teams see after the step; null: not wanted
  float* reward;              ///< [B], A's
  bool* terminated;           ///< [B], full time
  std::int64_t* bad_numbers;  ///< [1], non-finite action components are added to it
};

/// Whose randomness noise is made of (rules/randomness.h).
struct NoiseArrays {
  std::int64_t matches;  ///< B
  int players;           ///< N, per team
  std::uint64_t seed;
  std::uint32_t first_slot;     ///< that of A's first player
  const std::int64_t* match;    ///< [B]
  const std::int32_t* episode;  ///< [B]
  const std::int32_t* clock;    ///< [B]
};

/// What actions are drawn from, and what is drawn. All aligned to 16 bytes.
struct SampleArrays {
  const float* mean;         ///< [2, B, N, 4]
  const float* log_std;      ///< [2, B, N, 4]
  bool squash;               ///< an action is tanh of what is drawn
  bool turn_b;               ///< B's actions are meant from its own side where the game takes them as seen from above
  const std::int32_t* bots;  ///< [2, B]: where a bot moves the team its actions stand already; null: nowhere
  float* pre_squash;         ///< [2, B, N, 4], as drawn
  float* action;             ///< [2, B, N, 4]
  float* log_prob;           ///< [2, B, N], of a player's action
};

/// A step with what a rollout wants before and after it.
struct PlayArrays {
  StepArrays step;
  SampleArrays samples;             ///< what becomes step.action; mean null: that stands already
  std::uint32_t first_slot = 0;     ///< of the samples' noise
  std::int32_t* score = nullptr;    ///< [2, B], as the step leaves it; null: not wanted
  bool next_match_at_once = false;  ///< where a match is over the next one starts, and is what is observed
};

inline namespace MATCHDAY_INSTRUCTION_SET {

/// Whether this is a bot's number.
MATCHDAY_BODY bool is_bot(std::int32_t number) { return number >= 0 && number < bot_count; }

/// A lane of matches: all bodies, A's players, B's players, ball.
template <class Lane, int players>
struct Match {
  static constexpr int ball = 2 * players;
  Vec<Lane> position[2 * players + 1];  ///< u, from the pitch's centre
  Vec<Lane> velocity[2 * players + 1];  ///< u/step
};

/// The matches from b on. What a game does not look at the compiler leaves out.
template <class Lane, int players>
MATCHDAY_BODY void load_bodies(Match<Lane, players>& match, const MatchArrays& arrays, std::int64_t b) {
  constexpr int bodies = 2 * players + 1;
  const std::int64_t row = bodies * arrays.pitch;
  MATCHDAY_UNROLL
  for (int k = 0; k < bodies; ++k) {
    const float* body = arrays.bodies + k * arrays.pitch + b;
    load(match.position[k].x, body);
    load(match.position[k].y, body + row);
    load(match.velocity[k].x, body + 2 * row);
    load(match.velocity[k].y, body + 3 * row);
  }
}

template <class Lane, int players>
MATCHDAY_BODY void store_bodies(const Match<Lane, players>& match, const MatchArrays& arrays, std::int64_t b) {
  constexpr int bodies = 2 * players + 1;
  const std::int64_t row = bodies * arrays.pitch;
  MATCHDAY_UNROLL
  for (int k = 0; k < bodies; ++k) {
    float* body = arrays.bodies + k * arrays.pitch + b;
    store(match.position[k].x, body);
    store(match.position[k].y, body + row);
    store(match.velocity[k].x, body + 2 * row);
    store(match.velocity[k].y, body + 3 * row);
  }
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
