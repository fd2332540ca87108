// The native backend: our own kernels, on the CPU and on CUDA. Unlike the tensor backend it works in place.
#pragma once

#include <vector>

#include "rules/rules.h"
#include "sim/match_state.h"

namespace matchday::native {

/// What B matches have in common, in the form that the operators take.
struct MatchSetup {
  std::vector<double> rules;
  std::int64_t seed = 0;
  at::Tensor match;  ///< int64 [B]: the matches' indices
};

MatchSetup make_setup(const Rules& rules, std::uint64_t seed, const at::Tensor& match);

/// Starts the next match at every place, or where `mask` (bool [B]) is set.
void start(const MatchSetup& setup, MatchState& state, const at::Tensor& mask = {});

/// Plays one step, in place in `state`; writes into the tensors of `result`. Arguments as in the tensor backend.
void step(const MatchSetup& setup, MatchState& state, const at::Tensor& action, const at::Tensor& shaping,
          at::Tensor& nonfinite_actions, const StepResult& result);

/// What both teams see: float32 [2, B, D].
at::Tensor observe(const MatchSetup& setup, const MatchState& state);

/// What every player sees: float32 [2, B, N, P].
at::Tensor observe_players(const MatchSetup& setup, const MatchState& state);

/// Standard normal noise for all players' actions at the matches' current step: float32 [2, B, N, 4].
at::Tensor noise(const MatchSetup& setup, const MatchState& state, std::int64_t players, std::uint32_t first_slot);

/// Draws the actions of all players: mean, log_std, pre_squash, action float32 [2, B, N, 4].
struct SampledActions {
  at::Tensor pre_squash;  ///< as drawn
  at::Tensor action;      ///< tanh of pre_squash with `squash`, else the same
  at::Tensor log_prob;    ///< float32 [2, B, N]: of each player's action
};
SampledActions sample_actions(const MatchSetup& setup, const MatchState& state, const at::Tensor& mean,
                              const at::Tensor& log_std, std::uint32_t first_slot, bool squash);

/// Writes the bots' actions at the matches' current step. bots: int32 [2, B], the Bot that moves each team; action:
/// float32 [2, B, N, 4], where the rows of teams without a bot stay unchanged.
void bot_actions(const MatchSetup& setup, const MatchState& state, const at::Tensor& bots, const at::Tensor& action);

/// The distributions that all players' actions are drawn from: mean, log_std float32 [2, B, N, 4].
struct Drawing {
  at::Tensor mean;
  at::Tensor log_std;
  std::uint32_t first_slot;  ///< of the noise
  bool squash;               ///< actions are tanh of what is drawn
  bool rotate_b;             ///< B's actions are in its own view, but the game takes them as seen from above
  at::Tensor bots;           ///< int32 [2, B]: the Bot that moves each team instead, or Bot::nobody; undefined: no bots
};

/// Where `rollout_step` writes.
struct RolloutStep {
  at::Tensor pre_squash;   ///< float32 [2, B, N, 4]: the samples
  at::Tensor action;       ///< float32 [2, B, N, 4]: what was played
  at::Tensor log_prob;     ///< float32 [2, B, N]: of each player's sample
  at::Tensor reward;       ///< float32 [B]
  at::Tensor terminated;   ///< bool [B]
  at::Tensor score;        ///< int32 [2, B], after the step and before a reset
  at::Tensor observation;  ///< float32 [2, B, D] or [2, B, N, P]: what teams or players see next
};

/// One rollout step, in place in `state`: draws actions, plays them and observes. autoreset: starts the next match
/// where one is over.
void rollout_step(const MatchSetup& setup, const MatchState& state, const Drawing& drawing, const at::Tensor& shaping,
                  bool autoreset, const at::Tensor& nonfinite_actions, const RolloutStep& into);

}  // namespace matchday::native
