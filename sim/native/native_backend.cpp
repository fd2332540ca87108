#include "sim/native/native_backend.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include "kernels/rules_numbers.h"

namespace matchday::native {
namespace {

using Numbers = at::ArrayRef<double>;

/// Calls an operator without torch's autograd bookkeeping, which takes longer than a step of a few matches.
template <class Signature, class... Arguments>
auto call(const c10::TypedOperatorHandle<Signature>& op, Arguments&&... arguments) {
  const at::AutoDispatchBelowADInplaceOrView guard;
  return op.call(std::forward<Arguments>(arguments)...);
}

/// Looks up one of our operators; callers keep the handle.
template <class Signature>
c10::TypedOperatorHandle<Signature> find(const char* name) {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, "").typed<Signature>();
}

std::optional<at::Tensor> if_defined(const at::Tensor& tensor) {
  return tensor.defined() ? std::optional(tensor) : std::nullopt;
}

}  // namespace

MatchSetup make_setup(const Rules& rules, std::uint64_t seed, const at::Tensor& match) {
  return {kernels::to_numbers(rules), static_cast<std::int64_t>(seed), match};
}

void start(const MatchSetup& setup, MatchState& state, const at::Tensor& mask) {
  static const auto op =
      find<void(const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&,
                const at::Tensor&, Numbers, std::int64_t, const std::optional<at::Tensor>&)>("matchday::start_");
  call(op, state.bodies, state.score, state.clock, state.episode, state.potential, setup.match, setup.rules, setup.seed,
       if_defined(mask));
}

void step(const MatchSetup& setup, MatchState& state, const at::Tensor& action, const at::Tensor& shaping,
          at::Tensor& nonfinite_actions, const StepResult& result) {
  static const auto op =
      find<void(const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&,
                const at::Tensor&, Numbers, std::int64_t, const at::Tensor&, const at::Tensor&, const at::Tensor&,
                const at::Tensor&, const at::Tensor&, const std::optional<at::Tensor>&)>("matchday::step_");
  call(op, state.bodies, state.score, state.clock, state.episode, state.potential, setup.match, setup.rules, setup.seed,
       action.contiguous(), shaping, result.reward, result.terminated, nonfinite_actions,
       if_defined(result.observation));
}

at::Tensor observe(const MatchSetup& setup, const MatchState& state) {
  static const auto op =
      find<at::Tensor(const at::Tensor&, const at::Tensor&, const at::Tensor&, Numbers)>("matchday::observe");
  return call(op, state.bodies, state.score, state.clock, setup.rules);
}

at::Tensor observe_players(const MatchSetup& setup, const MatchState& state) {
  static const auto op =
      find<at::Tensor(const at::Tensor&, const at::Tensor&, const at::Tensor&, Numbers)>("matchday::observe_players");
  return call(op, state.bodies, state.score, state.clock, setup.rules);
}

at::Tensor noise(const MatchSetup& setup, const MatchState& state, std::int64_t players, std::uint32_t first_slot) {
  static const auto op = find<at::Tensor(const at::Tensor&, const at::Tensor&, const at::Tensor&, std::int64_t,
                                         std::int64_t, std::int64_t)>("matchday::noise");
  return call(op, setup.match, state.episode, state.clock, setup.seed, first_slot, players);
}

SampledActions sample_actions(const MatchSetup& setup, const MatchState& state, const at::Tensor& mean,
                              const at::Tensor& log_std, std::uint32_t first_slot, bool squash) {
  static const auto op = find<std::tuple<at::Tensor, at::Tensor, at::Tensor>(
      const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&, std::int64_t,
      std::int64_t, bool)>("matchday::sample_actions");
  const auto [pre_squash, action, log_prob] = call(op, mean.contiguous(), log_std.contiguous(), setup.match,
                                                   state.episode, state.clock, setup.seed, first_slot, squash);
  return {pre_squash, action, log_prob};
}

void bot_actions(const MatchSetup& setup, const MatchState& state, const at::Tensor& bots, const at::Tensor& action) {
  static const auto op = find<void(const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&, Numbers,
                                   std::int64_t, const at::Tensor&, const at::Tensor&)>("matchday::bot_actions_");
  call(op, state.bodies, setup.match, state.episode, state.clock, setup.rules, setup.seed, bots, action);
}

void rollout_step(const MatchSetup& setup, const MatchState& state, const Drawing& drawing, const at::Tensor& shaping,
                  bool autoreset, const at::Tensor& nonfinite_actions, const RolloutStep& into) {
  static const auto op =
      find<void(const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&,
                const at::Tensor&, Numbers, std::int64_t, const at::Tensor&, const at::Tensor&, std::int64_t, bool,
                bool, const std::optional<at::Tensor>&, const at::Tensor&, bool, const at::Tensor&, const at::Tensor&,
                const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&,
                const at::Tensor&)>("matchday::rollout_step_");
  call(op, state.bodies, state.score, state.clock, state.episode, state.potential, setup.match, setup.rules, setup.seed,
       drawing.mean, drawing.log_std, drawing.first_slot, drawing.squash, drawing.rotate_b, if_defined(drawing.bots),
       shaping, autoreset, into.pre_squash, into.action, into.log_prob, into.reward, into.terminated, into.score,
       nonfinite_actions, into.observation);
}

}  // namespace matchday::native
