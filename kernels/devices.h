// Where an operator runs. Each device has the same functions: OnCpu shares the matches out among torch's threads,
// OnCuda launches on the current stream of the tensors' device, OnMeta does nothing.
#pragma once

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>

#include <atomic>

#include "kernels/cpu/kernels.h"

#ifdef MATCHDAY_WITH_CUDA
#include <c10/core/DeviceGuard.h>
#include <c10/cuda/CUDAStream.h>

#include "kernels/cuda/kernels.h"
#endif

namespace matchday::kernels {

struct OnCpu {
  /// Fewer matches than this are not worth another thread, u: a step of arena takes 0.2 us, one of FootyAI 0.03 us, and
  /// waking a thread a few us.
  static std::int64_t grain(const Rules& rules) { return rules.game == Game::arena ? 64 : 512; }

  /// Calls share(first, last) for shares of `count` matches; all but the last share fill whole lanes.
  template <class Share>
  static void in_shares(std::int64_t count, std::int64_t grain, const Share& share) {
    const std::int64_t lane = cpu_kernels().lane;
    at::parallel_for(0, (count + lane - 1) / lane, std::max<std::int64_t>(grain / lane, 1),
                     [&](std::int64_t first, std::int64_t last) { share(first * lane, std::min(last * lane, count)); });
  }

  explicit OnCpu(const at::Tensor&) {}

  void play(const MatchConstants& constants, const MatchArrays& arrays, const PlayArrays& play) const {
    in_shares(arrays.matches, grain(constants.rules), [&](std::int64_t first, std::int64_t last) {
      // Other parts of the same matches may be played at the same time.
      if (const std::int64_t bad_numbers = cpu_kernels().play(constants, arrays, play, first, last))
        std::atomic_ref(*play.step.bad_numbers) += bad_numbers;
    });
  }
  void start(const MatchConstants& constants, const MatchArrays& arrays, const bool* mask) const {
    in_shares(arrays.matches, 64, [&](std::int64_t first, std::int64_t last) {
      cpu_kernels().start(constants, arrays, mask, first, last);
    });
  }
  void observe(const MatchConstants& constants, const MatchArrays& arrays, float* observation) const {
    in_shares(arrays.matches, 512, [&](std::int64_t first, std::int64_t last) {
      cpu_kernels().observe(constants, arrays, observation, first, last);
    });
  }
  void observe_players(const MatchConstants& constants, const MatchArrays& arrays, float* observation) const {
    in_shares(arrays.matches, 64, [&](std::int64_t first, std::int64_t last) {
      cpu_kernels().observe_players(constants, arrays, observation, first, last);
    });
  }
  void noise(const NoiseArrays& arrays, float* noise) const {
    in_shares(arrays.matches, 256,
              [&](std::int64_t first, std::int64_t last) { cpu_kernels().noise(arrays, noise, first, last); });
  }
  void sample_actions(const NoiseArrays& arrays, const SampleArrays& samples) const {
    in_shares(arrays.matches, 256, [&](std::int64_t first, std::int64_t last) {
      cpu_kernels().sample_actions(arrays, samples, first, last);
    });
  }
  void bot_actions(const BotConstants& constants, const BotArrays& arrays) const {
    in_shares(arrays.matches, 256, [&](std::int64_t first, std::int64_t last) {
      cpu_kernels().bot_actions(constants, arrays, first, last);
    });
  }
  void policy_loss(const LossOptions& options, const HeadPlan& head, const HeadArrays& arrays) const {
    in_shares(arrays.rows, 4096, [&](std::int64_t first, std::int64_t last) {
      cpu_kernels().network->policy_loss(options, head, arrays, first, last);
    });
  }
  void discounted_returns(const ReturnsArrays& arrays) const {
    in_shares(arrays.matches, 512,
              [&](std::int64_t first, std::int64_t last) { cpu_kernels().discounted_returns(arrays, first, last); });
  }
};

/// Does nothing: what plans a computation before it runs wants to know shapes and refusals alone.
struct OnMeta {
  explicit OnMeta(const at::Tensor&) {}
  void play(const MatchConstants&, const MatchArrays&, const PlayArrays&) const {}
  void start(const MatchConstants&, const MatchArrays&, const bool*) const {}
  void observe(const MatchConstants&, const MatchArrays&, float*) const {}
  void observe_players(const MatchConstants&, const MatchArrays&, float*) const {}
  void noise(const NoiseArrays&, float*) const {}
  void sample_actions(const NoiseArrays&, const SampleArrays&) const {}
  void bot_actions(const BotConstants&, const BotArrays&) const {}
  void policy_loss(const LossOptions&, const HeadPlan&, const HeadArrays&) const {}
  void discounted_returns(const ReturnsArrays&) const {}
};

#ifdef MATCHDAY_WITH_CUDA
class OnCuda {
 public:
  explicit OnCuda(const at::Tensor& like)
      : guard_(like.device()), stream_(c10::cuda::getCurrentCUDAStream().stream()) {}

  void play(const MatchConstants& constants, const MatchArrays& arrays, const PlayArrays& play) const {
    play_cuda(constants, arrays, play, stream_);
  }
  void start(const MatchConstants& constants, const MatchArrays& arrays, const bool* mask) const {
    start_cuda(constants, arrays, mask, stream_);
  }
  void observe(const MatchConstants& constants, const MatchArrays& arrays, float* observation) const {
    observe_cuda(constants, arrays, observation, stream_);
  }
  void observe_players(const MatchConstants& constants, const MatchArrays& arrays, float* observation) const {
    observe_players_cuda(constants, arrays, observation, stream_);
  }
  void noise(const NoiseArrays& arrays, float* noise) const { noise_cuda(arrays, noise, stream_); }
  void sample_actions(const NoiseArrays& arrays, const SampleArrays& samples) const {
    sample_actions_cuda(arrays, samples, stream_);
  }
  void bot_actions(const BotConstants& constants, const BotArrays& arrays) const {
    bot_actions_cuda(constants, arrays, stream_);
  }
  void policy_loss(const LossOptions& options, const HeadPlan& head, const HeadArrays& arrays) const {
    policy_loss_cuda(options, head, arrays, stream_);
  }
  void discounted_returns(const ReturnsArrays& arrays) const { discounted_returns_cuda(arrays, stream_); }

 private:
  c10::DeviceGuard guard_;
  cudaStream_t stream_;
};
#endif

}  // namespace matchday::kernels
