#include "kernels/operators.h"

#include <ATen/ATen.h>
#include <ATen/record_function.h>

#include <utility>
#include <vector>

#include "kernels/devices.h"
#include "kernels/operator_inputs.h"
#include "rules/observation.h"

namespace matchday::operators {
namespace {

using kernels::MatchArrays;
using kernels::MatchConstants;
using kernels::NoiseArrays;
using kernels::RolloutArrays;

using Tensors = std::vector<c10::IValue>;

/// Calls work(device) with the device on which a tensor lies. torch's profilers see it as an operator of this name;
/// moved() gives them the tensors that it reads and writes.
template <class Moved, class Work>
void on_device_of(const at::Tensor& like, const char* name, const Moved& moved, const Work& work) {
  RECORD_FUNCTION(name, moved());
  if (like.is_cpu()) return work(kernels::OnCpu(like));
  if (like.is_meta()) return work(kernels::OnMeta(like));
#ifdef MATCHDAY_WITH_CUDA
  if (like.is_cuda()) return work(kernels::OnCuda(like));
#endif
  TORCH_CHECK_VALUE(false, "this build has no kernels for ", like.device());
}

/// The arrays of every kind of step.
kernels::StepArrays step_arrays(const at::Tensor& action, const at::Tensor& shaping, const at::Tensor& reward,
                                const at::Tensor& terminated, const at::Tensor& nonfinite_actions,
                                const MatchArrays& arrays, const at::Tensor& clock) {
  const std::int64_t b = arrays.matches;
  require(shaping, "shaping", at::kFloat, {}, clock);
  require(reward, "reward", at::kFloat, {b}, clock);
  require(terminated, "terminated", at::kBool, {b}, clock);
  require(nonfinite_actions, "nonfinite_actions", at::kLong, {}, clock);
  return {data<float>(action), data<float>(shaping),   nullptr,
          data<float>(reward), data<bool>(terminated), data<std::int64_t>(nonfinite_actions)};
}

/// Which bot moves which team, and where the actions are written.
kernels::BotArrays bot_arrays(const MatchSetup& setup, const MatchState& state, const at::Tensor& bots,
                              const at::Tensor& action) {
  const std::int64_t b = state.clock.numel();
  require(bots, "bots", at::kInt, {2, b}, state.clock);
  require_fours(action, "action", {2, b, setup.constants.rules.players, action_size}, state.clock);
  return {b,
          state.bodies.stride(1),
          data<float>(state.bodies),
          data<std::int64_t>(setup.match),
          data<std::int32_t>(state.episode),
          data<std::int32_t>(state.clock),
          data<std::int32_t>(bots),
          data<float>(action)};
}

NoiseArrays noise_arrays(const NoiseCounters& counters, std::int64_t first_slot) {
  const std::int64_t b = counters.clock.numel();
  TORCH_CHECK_VALUE(counters.players >= 1 && counters.players <= max_players, "players is ", counters.players,
                    " but must be 1 to ", max_players);
  require_slot(first_slot, counters.players);
  require(counters.clock, "clock", at::kInt, {b}, counters.clock);
  require(counters.episode, "episode", at::kInt, {b}, counters.clock);
  require(counters.match, "match", at::kLong, {b}, counters.clock);
  return {b,
          static_cast<int>(counters.players),
          counters.seed,
          static_cast<std::uint32_t>(first_slot),
          data<std::int64_t>(counters.match),
          data<std::int32_t>(counters.episode),
          data<std::int32_t>(counters.clock)};
}

void require_returns(const at::Tensor& reward, const at::Tensor& terminated, const at::Tensor& after) {
  TORCH_CHECK_VALUE(reward.dim() == 2 && reward.scalar_type() == at::kFloat,
                    "discounted_returns: reward must be float32 [T, B]");
  TORCH_CHECK_VALUE(terminated.scalar_type() == at::kBool && terminated.sizes() == reward.sizes(),
                    "discounted_returns: terminated must be bool [T, B] like reward");
  TORCH_CHECK_VALUE(after.scalar_type() == at::kFloat && after.dim() == 1 && after.size(0) == reward.size(1),
                    "discounted_returns: after must be float32 [B]");
  TORCH_CHECK_VALUE(reward.device() == terminated.device() && reward.device() == after.device(),
                    "discounted_returns: reward, terminated and after must be on one device");
}

/// Any device, in plain ATen operations.
at::Tensor discounted_returns_anywhere(const at::Tensor& reward, const at::Tensor& terminated, const at::Tensor& after,
                                       double gamma) {
  const at::Tensor returns = at::empty_like(reward, at::MemoryFormat::Contiguous);
  at::Tensor to_come = after;
  for (std::int64_t t = reward.size(0) - 1; t >= 0; --t) {
    to_come = reward[t] + at::where(terminated[t], 0.0F, to_come) * static_cast<float>(gamma);
    returns[t].copy_(to_come);
  }
  return returns;
}

}  // namespace

bool has_kernels(at::Device device) {
#ifdef MATCHDAY_WITH_CUDA
  if (device.is_cuda()) return true;
#endif
  return device.is_cpu() || device.is_meta();
}

void start(const MatchSetup& setup, const MatchState& state, const at::Tensor& mask) {
  const MatchArrays arrays = arrays_of(setup.constants.rules, state, setup.match);
  if (mask.defined()) require(mask, "mask", at::kBool, {arrays.matches}, state.clock);
  const bool* where = mask.defined() ? data<bool>(mask) : nullptr;
  on_device_of(
      state.clock, "matchday::start_",
      [&] {
        return Tensors{state.bodies, state.score, state.clock, state.episode, state.potential, setup.match, mask};
      },
      [&](const auto& device) { device.start(setup.constants, arrays, where); });
}

void step(const MatchSetup& setup, const MatchState& state, const at::Tensor& action, const at::Tensor& shaping,
          const at::Tensor& nonfinite_actions, const StepResult& into) {
  const Rules& rules = setup.constants.rules;
  const MatchArrays arrays = arrays_of(rules, state, setup.match);
  require(action, "action", at::kFloat, {2, arrays.matches, rules.players, action_size}, state.clock);
  const at::Tensor aligned_action = aligned(action);
  RolloutArrays rollout{
      step_arrays(aligned_action, shaping, into.reward, into.terminated, nonfinite_actions, arrays, state.clock), {}};
  if (into.observation.defined()) {
    require(into.observation, "observation", at::kFloat, {2, arrays.matches, observation_size(rules)}, state.clock);
    rollout.step.observation = data<float>(into.observation);
  }
  on_device_of(
      state.clock, "matchday::step_",
      [&] {
        return Tensors{state.bodies, state.score, state.clock, state.episode,   state.potential,
                       setup.match,  action,      into.reward, into.terminated, into.observation};
      },
      [&](const auto& device) { device.rollout_step(setup.constants, arrays, rollout); });
}

void rollout_step(const MatchSetup& setup, const MatchState& state, const Drawing& drawing,
                  const RolloutStepOptions& options, const at::Tensor& nonfinite_actions, const RolloutStep& into) {
  const MatchConstants& constants = setup.constants;
  const at::Tensor& clock = state.clock;
  const MatchArrays arrays = arrays_of(constants.rules, state, setup.match);
  const std::int64_t b = arrays.matches;
  const std::int64_t players = constants.rules.players;
  const std::int64_t by_player[] = {2, b, players, action_size};
  const bool draws = drawing.mean.defined();
  require_fours(into.action, "action", by_player, clock);
  if (draws) {
    require_fours(drawing.mean, "mean", by_player, clock);
    require_fours(drawing.log_std, "log_std", by_player, clock);
    require_fours(into.pre_squash, "pre_squash", by_player, clock);
    require(into.log_prob, "log_prob", at::kFloat, {2, b, players}, clock);
  }
  require(into.score, "score_after", at::kInt, {2, b}, clock);
  require_slot(drawing.first_slot, players);
  RolloutArrays rollout{
      step_arrays(into.action, options.shaping, into.reward, into.terminated, nonfinite_actions, arrays, clock), {}};
  if (draws)
    rollout.samples = {data<float>(drawing.mean),
                       data<float>(drawing.log_std),
                       drawing.squash,
                       drawing.rotate_b,
                       nullptr,
                       data<float>(into.pre_squash),
                       data<float>(into.action),
                       data<float>(into.log_prob)};
  rollout.first_slot = static_cast<std::uint32_t>(drawing.first_slot);
  rollout.score = data<std::int32_t>(into.score);
  rollout.autoreset = options.autoreset;
  kernels::BotArrays moved_by_bots{};
  if (options.bots.defined()) moved_by_bots = bot_arrays(setup, state, options.bots, into.action);
  rollout.samples.bots = moved_by_bots.bots;
  const bool of_players = into.observation.dim() == 4;
  const std::int64_t seen_by_player[] = {2, b, players, player_observation_size(constants.rules.players)};
  const std::int64_t seen_by_team[] = {2, b, observation_size(constants.rules)};
  const bool rounds = into.observation.is_cuda() && into.observation.scalar_type() == at::kBFloat16;
  require(into.observation, "observation", rounds ? at::kBFloat16 : at::kFloat,
          of_players ? at::IntArrayRef(seen_by_player) : at::IntArrayRef(seen_by_team), clock);
  auto* seen = static_cast<float*>(into.observation.is_meta() ? nullptr : into.observation.mutable_data_ptr());
  if (!of_players) rollout.step.observation = seen;
  rollout.step.rounds_observation = rounds;
  on_device_of(
      clock, "matchday::rollout_step_",
      [&] {
        return Tensors{state.bodies, state.score,     clock,        state.episode,   state.potential, setup.match,
                       drawing.mean, drawing.log_std, options.bots, into.pre_squash, into.action,     into.log_prob,
                       into.reward,  into.terminated, into.score,   into.observation};
      },
      [&](const auto& device) {
        if (options.bots.defined())
          device.bot_actions(kernels::bot_constants(constants.rules, constants.seed), moved_by_bots);
        device.rollout_step(constants, arrays, rollout);
        if (of_players) device.observe_players(constants, arrays, seen, rounds);
      });
}

at::Tensor observe(const MatchSetup& setup, const MatchState& state) {
  const MatchArrays arrays = arrays_to_observe(setup.constants.rules, state);
  const at::Tensor observation =
      at::empty({2, arrays.matches, observation_size(setup.constants.rules)}, state.bodies.options());
  on_device_of(
      state.clock, "matchday::observe",
      [&] {
        return Tensors{state.bodies, state.score, state.clock, observation};
      },
      [&](const auto& device) { device.observe(setup.constants, arrays, data<float>(observation)); });
  return observation;
}

at::Tensor observe_players(const MatchSetup& setup, const MatchState& state) {
  const MatchArrays arrays = arrays_to_observe(setup.constants.rules, state);
  const int players = setup.constants.rules.players;
  const at::Tensor observation =
      at::empty({2, arrays.matches, players, player_observation_size(players)}, state.bodies.options());
  on_device_of(
      state.clock, "matchday::observe_players",
      [&] {
        return Tensors{state.bodies, state.score, state.clock, observation};
      },
      [&](const auto& device) { device.observe_players(setup.constants, arrays, data<float>(observation)); });
  return observation;
}

at::Tensor noise(const NoiseCounters& counters, std::int64_t first_slot) {
  const NoiseArrays arrays = noise_arrays(counters, first_slot);
  const at::Tensor noise =
      at::empty({2, arrays.matches, arrays.players, action_size}, counters.clock.options().dtype(at::kFloat));
  on_device_of(
      counters.clock, "matchday::noise",
      [&] {
        return Tensors{counters.match, counters.episode, counters.clock, noise};
      },
      [&](const auto& device) { device.noise(arrays, data<float>(noise)); });
  return noise;
}

SampledActions sample_actions(const NoiseCounters& counters, const Drawing& drawing) {
  const NoiseArrays arrays = noise_arrays(counters, drawing.first_slot);
  const std::int64_t shape[] = {2, arrays.matches, arrays.players, action_size};
  require(drawing.mean, "mean", at::kFloat, shape, counters.clock);
  require(drawing.log_std, "log_std", at::kFloat, shape, counters.clock);
  const at::Tensor mean = aligned(drawing.mean);
  const at::Tensor log_std = aligned(drawing.log_std);
  const SampledActions sampled{at::empty(shape, mean.options()), at::empty(shape, mean.options()),
                               at::empty({2, arrays.matches, arrays.players}, mean.options())};
  const kernels::SampleArrays samples{data<float>(mean),
                                      data<float>(log_std),
                                      drawing.squash,
                                      drawing.rotate_b,
                                      nullptr,
                                      data<float>(sampled.pre_squash),
                                      data<float>(sampled.action),
                                      data<float>(sampled.log_prob)};
  on_device_of(
      counters.clock, "matchday::sample_actions",
      [&] {
        return Tensors{counters.match, counters.episode,   counters.clock, mean,
                       log_std,        sampled.pre_squash, sampled.action, sampled.log_prob};
      },
      [&](const auto& device) { device.sample_actions(arrays, samples); });
  return sampled;
}

void bot_actions(const MatchSetup& setup, const MatchState& state, const at::Tensor& bots, const at::Tensor& action) {
  const std::int64_t b = state.clock.numel();
  require_bodies(setup.constants.rules, state.bodies, state.clock);
  require(state.episode, "episode", at::kInt, {b}, state.clock);
  require(setup.match, "match", at::kLong, {b}, state.clock);
  const kernels::BotArrays arrays = bot_arrays(setup, state, bots, action);
  on_device_of(
      state.clock, "matchday::bot_actions_",
      [&] { return Tensors{state.bodies, state.episode, state.clock, setup.match, bots, action}; },
      [&](const auto& device) {
        device.bot_actions(kernels::bot_constants(setup.constants.rules, setup.constants.seed), arrays);
      });
}

LossGradient policy_loss(const kernels::LossOptions& options, const kernels::HeadPlan& head, const Decided& decided) {
  const at::Tensor& mean = decided.mean;
  TORCH_CHECK_VALUE(mean.dim() == 2 && mean.size(1) % 4 == 0, "mean must be float32 [M, K], K a multiple of 4");
  const std::int64_t rows = mean.size(0);
  const at::IntArrayRef shape = mean.sizes();
  require_fours(mean, "mean", shape, mean);
  require_fours(decided.log_std_raw, "log_std_raw", shape, mean);
  require_fours(decided.pre_squash, "pre_squash", shape, mean);
  require(decided.log_prob, "log_prob", at::kFloat, {rows}, mean);
  require(decided.advantage, "advantage", at::kFloat, {rows}, mean);
  if (decided.teacher.defined()) {
    require_fours(decided.teacher, "teacher", shape, mean);
    TORCH_CHECK_VALUE(decided.teacher_weight.defined(), "teacher has no teacher_weight");
    require(decided.teacher_weight, "teacher_weight", at::kFloat, {}, mean);
  }
  const LossGradient gradient{at::empty_like(mean), at::empty_like(mean),
                              at::empty({rows, kernels::loss_metrics}, mean.options())};
  const bool taught = decided.teacher.defined();
  const kernels::HeadArrays arrays{rows,
                                   static_cast<int>(mean.size(1)),
                                   mean.size(1),
                                   data<float>(mean),
                                   data<float>(decided.log_std_raw),
                                   data<float>(decided.pre_squash),
                                   data<float>(decided.log_prob),
                                   data<float>(decided.advantage),
                                   data<float>(gradient.mean),
                                   data<float>(gradient.log_std_raw),
                                   data<float>(gradient.metrics),
                                   taught ? data<float>(decided.teacher) : nullptr,
                                   taught ? data<float>(decided.teacher_weight) : nullptr};
  on_device_of(
      mean, "matchday::policy_loss",
      [&] {
        return Tensors{mean,
                       decided.log_std_raw,
                       decided.pre_squash,
                       decided.log_prob,
                       decided.advantage,
                       decided.teacher,
                       gradient.mean,
                       gradient.log_std_raw,
                       gradient.metrics};
      },
      [&](const auto& device) { device.policy_loss(options, head, arrays); });
  return gradient;
}

at::Tensor discounted_returns(const at::Tensor& reward, const at::Tensor& terminated, const at::Tensor& after,
                              double gamma) {
  require_returns(reward, terminated, after);
  if (!has_kernels(reward.device())) return discounted_returns_anywhere(reward, terminated, after, gamma);
  const at::Tensor returns = at::empty_like(reward, at::MemoryFormat::Contiguous);
  const at::Tensor row_major_reward = reward.contiguous();
  const at::Tensor row_major_terminated = terminated.contiguous();
  const at::Tensor row_major_after = after.contiguous();
  const kernels::ReturnsArrays arrays{reward.size(0),
                                      reward.size(1),
                                      static_cast<float>(gamma),
                                      data<float>(row_major_reward),
                                      data<bool>(row_major_terminated),
                                      data<float>(row_major_after),
                                      data<float>(returns)};
  on_device_of(
      reward, "matchday::discounted_returns",
      [&] {
        return Tensors{reward, terminated, after, returns};
      },
      [&](const auto& device) { device.discounted_returns(arrays); });
  return returns;
}

}  // namespace matchday::operators
