#include "sim/native_backend.h"

#include <ATen/ATen.h>

namespace matchday {
namespace {

class NativeBackend final : public Backend {
 public:
  using Backend::Backend;

  std::string name() const override { return "native"; }

  std::shared_ptr<const Backend> part(std::int64_t first, std::int64_t count) const override {
    return make_native_backend(setup_of_part(first, count));
  }

  void start(const MatchState& state, const at::Tensor& mask) const override {
    operators::start(setup_, state, mask.defined() ? mask.contiguous() : mask);
  }

  void step(const MatchState& state, const at::Tensor& action, const at::Tensor& shaping,
            const at::Tensor& nonfinite_actions, const StepResult& into) const override {
    operators::step(setup_, state, action.contiguous(), shaping, nonfinite_actions, into);
  }

  at::Tensor observe(const MatchState& state) const override { return operators::observe(setup_, state); }

  at::Tensor observe_players(const MatchState& state) const override {
    return operators::observe_players(setup_, state);
  }

  at::Tensor noise(const MatchState& state, std::int64_t first_slot) const override {
    return operators::noise(counters_of(state), first_slot);
  }

  SampledActions sample(const MatchState& state, const Drawing& drawing) const override {
    Drawing contiguous = drawing;
    contiguous.mean = drawing.mean.contiguous();
    contiguous.log_std = drawing.log_std.contiguous();
    return operators::sample_actions(counters_of(state), contiguous);
  }

  void rollout_step(const MatchState& state, const Drawing& drawing, const RolloutStepOptions& options,
                    const at::Tensor& nonfinite_actions, const RolloutStep& into) const override {
    operators::rollout_step(setup_, state, drawing, options, nonfinite_actions, into);
  }

 private:
  operators::NoiseCounters counters_of(const MatchState& state) const {
    return {seed(), rules().players, setup_.match, state.episode, state.clock};
  }
};

}  // namespace

std::shared_ptr<const Backend> make_native_backend(const operators::MatchSetup& setup) {
  return std::make_shared<NativeBackend>(setup);
}

}  // namespace matchday
