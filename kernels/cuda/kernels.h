// The kernels on a GPU: one match a thread, so that neighbouring threads read neighbouring words. All pointers are
// device pointers; each function throws std::runtime_error if the launch fails.
#pragma once

#include <driver_types.h>

#include "kernels/bots/own_view.h"
#include "kernels/discounted_returns.h"
#include "kernels/match.h"
#include "kernels/policy_loss.h"

namespace matchday::kernels {

/// One rollout step: sampling, step, restarts, observations. The number of non-finite action components is added to the
/// device's counter.
void rollout_step_cuda(const MatchConstants& constants, const MatchArrays& arrays, const RolloutArrays& rollout,
                       cudaStream_t stream);

/// Starts the next match at every place, or where mask (bool [B]) is set.
void start_cuda(const MatchConstants& constants, const MatchArrays& arrays, const bool* mask, cudaStream_t stream);

/// What both teams see: observation float32 [2, B, D].
void observe_cuda(const MatchConstants& constants, const MatchArrays& arrays, float* observation, cudaStream_t stream);

/// What every player sees: observation float32 [2, B, N, P] or, if it rounds, bfloat16.
void observe_players_cuda(const MatchConstants& constants, const MatchArrays& arrays, float* observation,
                          cudaStream_t stream, bool rounds = false);

/// Standard normal noise for all players: noise float32 [2, B, N, 4].
void noise_cuda(const NoiseArrays& arrays, float* noise, cudaStream_t stream);

void sample_actions_cuda(const NoiseArrays& arrays, const SampleArrays& samples, cudaStream_t stream);

/// Bots' actions for the teams that they move.
void bot_actions_cuda(const BotConstants& constants, const BotArrays& arrays, cudaStream_t stream);

/// The loss at the heads: one row a thread.
void policy_loss_cuda(const LossOptions& options, const HeadPlan& head, const HeadArrays& arrays, cudaStream_t stream);

void discounted_returns_cuda(const ReturnsArrays& arrays, cudaStream_t stream);

}  // namespace matchday::kernels
