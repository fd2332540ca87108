#include "sim/native/native_backend.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include "kernels/rules_numbers.h"

namespace matchday::native {
namespace {

using Numbers = at::ArrayRef<double>;

/// Calls an operator, past torch's bookkeeping for gradients, which takes longer than a step of a few matches.
template <class Signature, class... Arguments>
auto call(const c10::TypedOperatorHandle<Signature>& op, Arguments&&... arguments) {
  const at::AutoDispatchBelowADInplaceOrView guard;
  return op.call(std::forward<Arguments>(arguments)...);
}

/// One of our operators, found once.
template <class Signature>
c10::TypedOperatorHandle<Signature> find(const char* name) {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, "").typed<Signature>();
}

std::optional<at::Tensor> if_defined(const at::Tensor& tensor) {
  return tensor.defined() ? std::optional(tensor) : std::nullopt;
}

}  // namespace

Fixture make_fixture(const Rules& rules, std::uint64_t seed, const at::Tensor& match) {
  return {kernels::to_numbers(rules), static_cast<std::int64_t>(seed), match};
}

void start(const Fixture& fixture, MatchState& state, const at::Tensor& mask) {
  static const auto op =
      find<void(const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&,
                const at::Tensor&, Numbers, std::int64_t, const std::optional<at::Tensor>&)>("matchday::start_");
  call(op, state.bodies, state.score, state.clock, state.episode, state.potential, fixture.match, fixture.rules,
       fixture.seed, if_defined(mask));
}

void step(const Fixture& fixture, MatchState& state, const at::Tensor& action, const at::Tensor& shaping,
          at::Tensor& bad_numbers, const StepResult& result) {
  static const auto op =
      find<void(const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&,
                const at::Tensor&, Numbers, std::int64_t, const at::Tensor&, const at::Tensor&, const at::Tensor&,
                const at::Tensor&, const at::Tensor&, const std::optional<at::Tensor>&)>("matchday::step_");
  call(op, state.bodies, state.score, state.clock, state.episode, state.potential, fixture.match, fixture.rules,
       fixture.seed, action.contiguous(), shaping, result.reward, result.terminated, bad_numbers,
       if_defined(result.observation));
}

at::Tensor observe(const Fixture& fixture, const MatchState& state) {
  static const auto op =
      find<at::Tensor(const at::Tensor&, const at::Tensor&, const at::Tensor&, Numbers)>("matchday::observe");
  return call(op, state.bodies, state.score, state.clock, fixture.rules);
}

at::Tensor observe_players(const Fixture& fixture, const MatchState& state) {
  static const auto op =
      find<at::Tensor(const at::Tensor&, const at::Tensor&, const at::Tensor&, Numbers)>("matchday::observe_players");
  return call(op, state.bodies, state.score, state.clock, fixture.rules);
}

at::Tensor noise(const Fixture& fixture, const MatchState& state, std::int64_t players, std::uint32_t first_slot) {
  static const auto op = find<at::Tensor(const at::Tensor&, const at::Tensor&, const at::Tensor&, std::int64_t,
                                         std::int64_t, std::int64_t)>("matchday::noise");
  return call(op, fixture.match, state.episode, state.clock, fixture.seed, first_slot, players);
}

SampledActions sample_actions(const Fixture& fixture, const MatchState& state, const at::Tensor& mean,
                              const at::Tensor& log_std, std::uint32_t first_slot, bool squash) {
  static const auto op = find<std::tuple<at::Tensor, at::Tensor, at::Tensor>(
      const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&, std::int64_t,
      std::int64_t, bool)>("matchday::sample_actions");
  const auto [pre_squash, action, log_prob] = call(op, mean.contiguous(), log_std.contiguous(), fixture.match,
                                                   state.episode, state.clock, fixture.seed, first_slot, squash);
  return {pre_squash, action, log_prob};
}

void bot_actions(const Fixture& fixture, const MatchState& state, const at::Tensor& bots, const at::Tensor& action) {
  static const auto op = find<void(const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&, Numbers,
                                   std::int64_t, const at::Tensor&, const at::Tensor&)>("matchday::bot_actions_");
  call(op, state.bodies, fixture.match, state.episode, state.clock, fixture.rules, fixture.seed, bots, action);
}

void play(const Fixture& fixture, const MatchState& state, const Drawing& drawing, const at::Tensor& shaping,
          bool next_match_at_once, const at::Tensor& bad_numbers, const Played& into) {
  static const auto op =
      find<void(const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&,
                const at::Tensor&, Numbers, std::int64_t, const at::Tensor&, const at::Tensor&, std::int64_t, bool,
                bool, const std::optional<at::Tensor>&, const at::Tensor&, bool, const at::Tensor&, const at::Tensor&,
                const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&,
                const at::Tensor&)>("matchday::play_");
  call(op, state.bodies, state.score, state.clock, state.episode, state.potential, fixture.match, fixture.rules,
       fixture.seed, drawing.mean, drawing.log_std, drawing.first_slot, drawing.squash, drawing.turn_b,
       if_defined(drawing.bots), shaping, next_match_at_once, into.pre_squash, into.action, into.log_prob, into.reward,
       into.terminated, into.score, bad_numbers, into.observation);
}

}  // namespace matchday::native
