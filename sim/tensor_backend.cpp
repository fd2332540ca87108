#include "sim/tensor_backend.h"

#include <ATen/ATen.h>

#include <utility>

#include "rules/observation.h"
#include "sim/match_state.h"
#include "sim/tensor/core.h"
#include "sim/tensor/normal.h"

namespace matchday {
namespace {

/// ATen's operations make new tensors; their contents are copied into the caller's.
class TensorBackend final : public Backend {
 public:
  TensorBackend(const operators::MatchSetup& setup, tensor::MatchSetup constants)
      : Backend(setup), constants_(std::move(constants)) {}

  std::string name() const override { return "tensor"; }

  std::shared_ptr<const Backend> part(std::int64_t first, std::int64_t count) const override {
    const operators::MatchSetup setup = setup_of_part(first, count);
    tensor::MatchSetup constants = constants_;
    constants.match = setup.match;
    return std::make_shared<TensorBackend>(setup, std::move(constants));
  }

  void start(const MatchState& state, const at::Tensor& mask) const override {
    if (!mask.defined()) return overwrite(state, tensor::start(constants_, state.episode + 1));
    const MatchState next = tensor::start(constants_, state.episode + mask);
    overwrite(state, {at::where(mask, next.bodies, state.bodies), at::where(mask, next.score, state.score),
                      at::where(mask, next.clock, state.clock), next.episode,
                      at::where(mask, next.potential, state.potential)});
  }

  void step(const MatchState& state, const at::Tensor& action, const at::Tensor& shaping,
            const at::Tensor& nonfinite_actions, const StepResult& into) const override {
    MatchState next = state;
    const StepResult result = tensor::step(constants_, next, action, shaping, nonfinite_actions);
    overwrite(state, next);
    into.reward.copy_(result.reward);
    into.terminated.copy_(result.terminated);
    if (into.observation.defined()) into.observation.copy_(observe(state));
  }

  at::Tensor observe(const MatchState& state) const override { return tensor::observe(rules(), state); }

  at::Tensor observe_players(const MatchState& state) const override { return tensor::observe_players(rules(), state); }

  at::Tensor noise(const MatchState& state, std::int64_t first_slot) const override {
    const std::int64_t players = rules().players;
    return tensor::normals(seed(), match(), state.episode, state.clock, first_slot, 2 * players)
        .view({action_size, 2, players, -1})
        .permute({1, 3, 2, 0})
        .contiguous();
  }

 private:
  tensor::MatchSetup constants_;
};

}  // namespace

std::shared_ptr<const Backend> make_tensor_backend(const operators::MatchSetup& setup) {
  return std::make_shared<TensorBackend>(setup,
                                         tensor::make_setup(setup.constants.rules, setup.constants.seed, setup.match));
}

}  // namespace matchday
