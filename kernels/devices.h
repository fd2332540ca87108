// Where an operator runs. Each device has the same functions: OnCpu splits the matches among torch's threads, OnCuda
// launches on the current stream of the tensors' device, OnMeta does nothing.
#pragma once

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>

#include <atomic>

#include "kernels/cpu/kernels.h"

#ifdef MATCHDAY_WITH_CUDA
#include <c10/core/DeviceGuard.h>
#include <c10/cuda/CUDAStream.h>

#include "kernels/cuda/adam.h"
#include "kernels/cuda/kernels.h"
#include "kernels/cuda/network.h"
#endif

namespace matchday::kernels {

struct OnCpu {
  /// Fewer matches than this do not pay for another thread: a match-step takes 0.2 microseconds in arena and 0.03 in
  /// FootyAI, and waking a thread takes a few.
  static std::int64_t grain(const Rules& rules) { return traits_of(rules.game).has_discs ? 64 : 512; }

  /// Calls share(first, last) for shares of `count` matches; all but the last share fill whole vectors.
  template <class Share>
  static void in_shares(std::int64_t count, std::int64_t grain, const Share& share) {
    const std::int64_t lanes = cpu_kernels().lanes;
    at::parallel_for(
        0, (count + lanes - 1) / lanes, std::max<std::int64_t>(grain / lanes, 1),
        [&](std::int64_t first, std::int64_t last) { share(first * lanes, std::min(last * lanes, count)); });
  }

  explicit OnCpu(const at::Tensor&) {}

  void rollout_step(const MatchConstants& constants, const MatchArrays& arrays, const RolloutArrays& rollout) const {
    in_shares(arrays.matches, grain(constants.rules), [&](std::int64_t first, std::int64_t last) {
      // Other threads may add to this counter at the same time.
      if (const std::int64_t nonfinite_actions = cpu_kernels().rollout_step(constants, arrays, rollout, first, last))
        std::atomic_ref(*rollout.step.nonfinite_actions) += nonfinite_actions;
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
  void observe_players(const MatchConstants& constants, const MatchArrays& arrays, float* observation,
                       bool /*rounds: on a GPU alone*/ = false) const {
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

/// Does nothing: on the meta device only output shapes and input checks matter.
struct OnMeta {
  explicit OnMeta(const at::Tensor&) {}
  void rollout_step(const MatchConstants&, const MatchArrays&, const RolloutArrays&) const {}
  void start(const MatchConstants&, const MatchArrays&, const bool*) const {}
  void observe(const MatchConstants&, const MatchArrays&, float*) const {}
  void observe_players(const MatchConstants&, const MatchArrays&, float*, bool = false) const {}
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

  void rollout_step(const MatchConstants& constants, const MatchArrays& arrays, const RolloutArrays& rollout) const {
    rollout_step_cuda(constants, arrays, rollout, stream_);
  }
  void start(const MatchConstants& constants, const MatchArrays& arrays, const bool* mask) const {
    start_cuda(constants, arrays, mask, stream_);
  }
  void observe(const MatchConstants& constants, const MatchArrays& arrays, float* observation) const {
    observe_cuda(constants, arrays, observation, stream_);
  }
  void observe_players(const MatchConstants& constants, const MatchArrays& arrays, float* observation,
                       bool rounds = false) const {
    observe_players_cuda(constants, arrays, observation, stream_, rounds);
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
  void network_forward(const Forward& forward) const { network_forward_cuda(forward, stream_); }
  void network_gradient(const Gradient& gradient) const { network_gradient_cuda(gradient, stream_); }
  void adam_step(const AdamArrays& arrays) const { adam_step_cuda(arrays, stream_); }

 private:
  c10::DeviceGuard guard_;
  cudaStream_t stream_;
};
#endif

}  // namespace matchday::kernels
