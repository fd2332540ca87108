// The native backend: our own kernels, on the CPU and on CUDA. Unlike the tensor backend it works in place.
#pragma once

#include <vector>

#include "rules/rules.h"
#include "sim/match_state.h"

namespace matchday::native {

/// What B matches to be played have in common, in the form in which operators take it.
struct Fixture {
  std::vector<double> rules;
  std::int64_t seed = 0;
  at::Tensor match;  ///< int64 [B]: the matches' indices
};

Fixture make_fixture(const Rules& rules, std::uint64_t seed, const at::Tensor& match);

/// Starts the next match at every place, or where `mask` (bool [B]) is set.
void start(const Fixture& fixture, MatchState& state, const at::Tensor& mask = {});

/// One step in place of `state`; writes into the tensors of `result`. Arguments as in the tensor backend.
void step(const Fixture& fixture, MatchState& state, const at::Tensor& action, const at::Tensor& shaping,
          at::Tensor& bad_numbers, const StepResult& result);

/// What both teams see: float32 [2, B, D].
at::Tensor observe(const Fixture& fixture, const MatchState& state);

/// What every player sees: float32 [2, B, N, P].
at::Tensor observe_players(const Fixture& fixture, const MatchState& state);

/// Standard normal noise for all players' actions at the matches' present step: float32 [2, B, N, 4].
at::Tensor noise(const Fixture& fixture, const MatchState& state, std::int64_t players, std::uint32_t first_slot);

/// Draws what all players do: mean, log_std, pre_squash, action float32 [2, B, N, 4].
struct SampledActions {
  at::Tensor pre_squash;  ///< as drawn
  at::Tensor action;      ///< its tanh, where that is wanted
  at::Tensor log_prob;    ///< float32 [2, B, N]: of each player's action
};
SampledActions sample_actions(const Fixture& fixture, const MatchState& state, const at::Tensor& mean,
                              const at::Tensor& log_std, std::uint32_t first_slot, bool squash);

/// Writes what bots do at the matches' present step. bots: int32 [2, B], the Bot that moves each team; action: float32
/// [2, B, N, 4], in which the rows of teams that no bot moves are left alone.
void bot_actions(const Fixture& fixture, const MatchState& state, const at::Tensor& bots, const at::Tensor& action);

/// What all players do, as networks want it: mean, log_std float32 [2, B, N, 4].
struct Drawing {
  at::Tensor mean;
  at::Tensor log_std;
  std::uint32_t first_slot;  ///< of the noise
  bool squash;               ///< actions are tanh of what is drawn
  bool turn_b;               ///< B's actions are meant from its own side where the game takes them as seen from above
  at::Tensor bots;           ///< int32 [2, B]: the Bot that moves each team instead, or Bot::nobody; undefined: nobody
};

/// Where `play` writes.
struct Played {
  at::Tensor pre_squash;   ///< float32 [2, B, N, 4]: the samples
  at::Tensor action;       ///< float32 [2, B, N, 4]: what was played
  at::Tensor log_prob;     ///< float32 [2, B, N]: of each player's sample
  at::Tensor reward;       ///< float32 [B]
  at::Tensor terminated;   ///< bool [B]
  at::Tensor score;        ///< int32 [2, B], as the step left it
  at::Tensor observation;  ///< float32 [2, B, D] or [2, B, N, P]: what teams or players see next
};

/// A step from what networks want to what they see next, in place of `state`. next_match_at_once: where a match is over
/// the next one starts.
void play(const Fixture& fixture, const MatchState& state, const Drawing& drawing, const at::Tensor& shaping,
          bool next_match_at_once, const at::Tensor& bad_numbers, const Played& into);

}  // namespace matchday::native
