// What the kernels do, as functions of tensors, on the tensors' device: a CPU, a GPU, or meta (shapes only). Inputs are
// checked here, once: a bad tensor throws c10::ValueError. kernels/ops.cpp registers the same for torch and Python.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include "kernels/match.h"
#include "kernels/match_tensors.h"
#include "kernels/policy_loss.h"

namespace matchday::operators {

/// Whether this build has kernels for a device: cpu, meta, and cuda if built with it.
bool has_kernels(at::Device device);

/// What B matches have in common.
struct MatchSetup {
  kernels::MatchConstants constants;  ///< rules and seed
  at::Tensor match;                   ///< int64 [B]: the matches' indices
};

/// Starts the next match at every place, or where `mask` (bool [B]) is set.
void start(const MatchSetup& setup, const MatchState& state, const at::Tensor& mask = {});

/// Plays one step, in place in `state`. action: float32 [2, B, N, 4] in the acting team's view. shaping: float32 [],
/// scales the shaping reward. nonfinite_actions: int64 [], adds the number of such components.
void step(const MatchSetup& setup, const MatchState& state, const at::Tensor& action, const at::Tensor& shaping,
          const at::Tensor& nonfinite_actions, const StepResult& into);

/// One rollout step, in place in `state`: draws actions, except for teams that bots move, plays them, starts the next
/// match where one is over, and observes.
void rollout_step(const MatchSetup& setup, const MatchState& state, const Drawing& drawing,
                  const RolloutStepOptions& options, const at::Tensor& nonfinite_actions, const RolloutStep& into);

/// What both teams see: float32 [2, B, D]. Only bodies, score and clock are read.
at::Tensor observe(const MatchSetup& setup, const MatchState& state);

/// What every player sees: float32 [2, B, N, P]. The same are read.
at::Tensor observe_players(const MatchSetup& setup, const MatchState& state);

/// The counters of random numbers (rules/randomness.h): one for each of the players of both teams in B matches.
struct NoiseCounters {
  std::uint64_t seed;
  std::int64_t players;       ///< N
  const at::Tensor& match;    ///< int64 [B]
  const at::Tensor& episode;  ///< int32 [B]
  const at::Tensor& clock;    ///< int32 [B]
};

/// Standard normal noise for all players' actions: float32 [2, B, N, 4]. first_slot: that of A's first player.
at::Tensor noise(const NoiseCounters& counters, std::int64_t first_slot);

/// Draws the actions of all players.
SampledActions sample_actions(const NoiseCounters& counters, const Drawing& drawing);

/// Writes the actions of teams that bots move. bots: int32 [2, B], a Bot or Bot::nobody, whose rows of `action`,
/// float32 [2, B, N, 4], stay unchanged. Of the state the bodies, episode and clock are read.
void bot_actions(const MatchSetup& setup, const MatchState& state, const at::Tensor& bots, const at::Tensor& action);

/// M decisions as the loss takes them (kernels/policy_loss.h); K numbers each.
struct Decided {
  const at::Tensor& mean;            ///< float32 [M, K]
  const at::Tensor& log_std_raw;     ///< float32 [M, K]: as the network says it, before its bounds
  const at::Tensor& pre_squash;      ///< float32 [M, K]: the samples
  const at::Tensor& log_prob;        ///< float32 [M]: of these, when they were drawn
  const at::Tensor& advantage;       ///< float32 [M]
  const at::Tensor& teacher;         ///< float32 [M, K]: a teacher's actions; undefined: no teacher
  const at::Tensor& teacher_weight;  ///< float32 []
};

/// The policy loss's derivatives by the network's outputs, and each row's metrics.
struct LossGradient {
  at::Tensor mean;         ///< float32 [M, K]
  at::Tensor log_std_raw;  ///< float32 [M, K]
  at::Tensor metrics;      ///< float32 [M, loss_metrics]
};
LossGradient policy_loss(const kernels::LossOptions& options, const kernels::HeadPlan& head, const Decided& decided);

/// Discounted sums of rewards, float32 [T, B], which an end of a match cuts. reward: float32 [T, B]; terminated: bool
/// [T, B]; after: float32 [B], what follows the last step. On any device.
at::Tensor discounted_returns(const at::Tensor& reward, const at::Tensor& terminated, const at::Tensor& after,
                              double gamma);

}  // namespace matchday::operators
