// The operators that torch and Python see, and the only place that registers them. Inputs are checked here, once
// (kernels/operator_inputs.h).
//
// Each operator is one template over the device (kernels/devices.h).
#include <ATen/ATen.h>
#include <torch/library.h>

#include "kernels/devices.h"
#include "kernels/operator_inputs.h"
#include "kernels/rules_numbers.h"
#include "rules/content_hash.h"
#include "rules/observation.h"

namespace matchday {
namespace {

using kernels::MatchArrays;
using kernels::MatchConstants;
using kernels::NoiseArrays;
using kernels::RolloutArrays;

template <class Device>
void start(const at::Tensor& bodies, const at::Tensor& score, const at::Tensor& clock, const at::Tensor& episode,
           const at::Tensor& potential, const at::Tensor& match, at::ArrayRef<double> rules, std::int64_t seed,
           const std::optional<at::Tensor>& mask) {
  const MatchConstants constants = constants_of(rules, seed);
  const MatchArrays arrays = arrays_of(constants.rules, {bodies, score, clock, episode, potential, match});
  if (mask) require(*mask, "mask", at::kBool, {arrays.matches}, clock);
  Device(clock).start(constants, arrays, mask ? data<bool>(*mask) : nullptr);
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

template <class Device>
void step(const at::Tensor& bodies, const at::Tensor& score, const at::Tensor& clock, const at::Tensor& episode,
          const at::Tensor& potential, const at::Tensor& match, at::ArrayRef<double> rules, std::int64_t seed,
          const at::Tensor& action, const at::Tensor& shaping, const at::Tensor& reward, const at::Tensor& terminated,
          const at::Tensor& nonfinite_actions, const std::optional<at::Tensor>& observation) {
  const MatchConstants constants = constants_of(rules, seed);
  const MatchArrays arrays = arrays_of(constants.rules, {bodies, score, clock, episode, potential, match});
  const std::int64_t b = arrays.matches;
  require(action, "action", at::kFloat, {2, b, constants.rules.players, action_size}, clock);
  if (observation) require(*observation, "observation", at::kFloat, {2, b, observation_size(constants.rules)}, clock);
  const at::Tensor aligned_action = aligned(action);
  RolloutArrays rollout{step_arrays(aligned_action, shaping, reward, terminated, nonfinite_actions, arrays, clock), {}};
  if (observation) rollout.step.observation = data<float>(*observation);
  Device(clock).rollout_step(constants, arrays, rollout);
}

/// Which bot moves which team, and where the actions are written.
kernels::BotArrays bot_arrays(const Rules& rules, const at::Tensor& bots, const at::Tensor& action,
                              const at::Tensor& bodies, const at::Tensor& match, const at::Tensor& episode,
                              const at::Tensor& clock) {
  const std::int64_t b = clock.numel();
  require(bots, "bots", at::kInt, {2, b}, clock);
  require_fours(action, "action", {2, b, rules.players, action_size}, clock);
  return {b,
          bodies.stride(1),
          data<float>(bodies),
          data<std::int64_t>(match),
          data<std::int32_t>(episode),
          data<std::int32_t>(clock),
          data<std::int32_t>(bots),
          data<float>(action)};
}

template <class Device>
void bot_actions(const at::Tensor& bodies, const at::Tensor& match, const at::Tensor& episode, const at::Tensor& clock,
                 at::ArrayRef<double> rules, std::int64_t seed, const at::Tensor& bots, const at::Tensor& action) {
  const Rules of_match = rules_in(rules);
  require_bodies(of_match, bodies, clock);
  require(episode, "episode", at::kInt, {clock.numel()}, clock);
  require(match, "match", at::kLong, {clock.numel()}, clock);
  Device(clock).bot_actions(kernels::bot_constants(of_match, static_cast<std::uint64_t>(seed)),
                            bot_arrays(of_match, bots, action, bodies, match, episode, clock));
}

template <class Device>
void rollout_step(const at::Tensor& bodies, const at::Tensor& score, const at::Tensor& clock, const at::Tensor& episode,
                  const at::Tensor& potential, const at::Tensor& match, at::ArrayRef<double> rules, std::int64_t seed,
                  const at::Tensor& mean, const at::Tensor& log_std, std::int64_t first_slot, bool squash,
                  bool rotate_b, const std::optional<at::Tensor>& bots, const at::Tensor& shaping, bool autoreset,
                  const at::Tensor& pre_squash, const at::Tensor& action, const at::Tensor& log_prob,
                  const at::Tensor& reward, const at::Tensor& terminated, const at::Tensor& score_after,
                  const at::Tensor& nonfinite_actions, const at::Tensor& observation) {
  const MatchConstants constants = constants_of(rules, seed);
  const MatchArrays arrays = arrays_of(constants.rules, {bodies, score, clock, episode, potential, match});
  const std::int64_t b = arrays.matches;
  const std::int64_t players = constants.rules.players;
  const std::int64_t by_player[] = {2, b, players, action_size};
  for (const auto& [tensor, name] : {std::pair(mean, "mean"), std::pair(log_std, "log_std"),
                                     std::pair(pre_squash, "pre_squash"), std::pair(action, "action")})
    require_fours(tensor, name, by_player, clock);
  require(log_prob, "log_prob", at::kFloat, {2, b, players}, clock);
  require(score_after, "score_after", at::kInt, {2, b}, clock);
  check_slot(first_slot, players);
  RolloutArrays rollout{step_arrays(action, shaping, reward, terminated, nonfinite_actions, arrays, clock),
                        {data<float>(mean), data<float>(log_std), squash, rotate_b, nullptr, data<float>(pre_squash),
                         data<float>(action), data<float>(log_prob)}};
  rollout.first_slot = static_cast<std::uint32_t>(first_slot);
  rollout.score = data<std::int32_t>(score_after);
  rollout.autoreset = autoreset;
  kernels::BotArrays moved_by_bots{};
  if (bots) moved_by_bots = bot_arrays(constants.rules, *bots, action, bodies, match, episode, clock);
  rollout.samples.bots = moved_by_bots.bots;
  const bool of_players = observation.dim() == 4;
  const std::int64_t seen_by_player[] = {2, b, players, player_observation_size(constants.rules.players)};
  const std::int64_t seen_by_team[] = {2, b, observation_size(constants.rules)};
  require(observation, "observation", at::kFloat,
          of_players ? at::IntArrayRef(seen_by_player) : at::IntArrayRef(seen_by_team), clock);
  if (!of_players) rollout.step.observation = data<float>(observation);
  const Device device(clock);
  if (bots) device.bot_actions(kernels::bot_constants(constants.rules, constants.seed), moved_by_bots);
  device.rollout_step(constants, arrays, rollout);
  if (of_players) device.observe_players(constants, arrays, data<float>(observation));
}

template <class Device>
at::Tensor observe(const at::Tensor& bodies, const at::Tensor& score, const at::Tensor& clock,
                   at::ArrayRef<double> rules) {
  const MatchConstants constants = constants_of(rules, 0);
  const MatchArrays arrays = arrays_to_observe(constants.rules, bodies, score, clock);
  const at::Tensor observation = at::empty({2, clock.numel(), observation_size(constants.rules)}, bodies.options());
  Device(clock).observe(constants, arrays, data<float>(observation));
  return observation;
}

template <class Device>
at::Tensor observe_players(const at::Tensor& bodies, const at::Tensor& score, const at::Tensor& clock,
                           at::ArrayRef<double> rules) {
  const MatchConstants constants = constants_of(rules, 0);
  const MatchArrays arrays = arrays_to_observe(constants.rules, bodies, score, clock);
  const std::int64_t players = constants.rules.players;
  const at::Tensor observation =
      at::empty({2, clock.numel(), players, player_observation_size(constants.rules.players)}, bodies.options());
  Device(clock).observe_players(constants, arrays, data<float>(observation));
  return observation;
}

NoiseArrays noise_of(const at::Tensor& match, const at::Tensor& episode, const at::Tensor& clock, std::int64_t seed,
                     std::int64_t first_slot, std::int64_t players) {
  const std::int64_t b = clock.numel();
  TORCH_CHECK_VALUE(players >= 1 && players <= max_players, "players is ", players, " but must be 1 to ", max_players);
  check_slot(first_slot, players);
  require(clock, "clock", at::kInt, {b}, clock);
  require(episode, "episode", at::kInt, {b}, clock);
  require(match, "match", at::kLong, {b}, clock);
  return {b,
          static_cast<int>(players),
          static_cast<std::uint64_t>(seed),
          static_cast<std::uint32_t>(first_slot),
          data<std::int64_t>(match),
          data<std::int32_t>(episode),
          data<std::int32_t>(clock)};
}

template <class Device>
at::Tensor noise(const at::Tensor& match, const at::Tensor& episode, const at::Tensor& clock, std::int64_t seed,
                 std::int64_t first_slot, std::int64_t players) {
  const NoiseArrays arrays = noise_of(match, episode, clock, seed, first_slot, players);
  const at::Tensor noise = at::empty({2, arrays.matches, players, action_size}, clock.options().dtype(at::kFloat));
  Device(clock).noise(arrays, data<float>(noise));
  return noise;
}

template <class Device>
std::tuple<at::Tensor, at::Tensor, at::Tensor> sample_actions(const at::Tensor& mean, const at::Tensor& log_std,
                                                              const at::Tensor& match, const at::Tensor& episode,
                                                              const at::Tensor& clock, std::int64_t seed,
                                                              std::int64_t first_slot, bool squash) {
  TORCH_CHECK_VALUE(mean.dim() == 4, "mean must be float32 [2, B, N, 4] but has ", mean.dim(), " dimensions");
  const NoiseArrays arrays = noise_of(match, episode, clock, seed, first_slot, mean.size(2));
  const std::int64_t shape[] = {2, arrays.matches, arrays.players, action_size};
  require(mean, "mean", at::kFloat, shape, clock);
  require(log_std, "log_std", at::kFloat, shape, clock);
  const at::Tensor aligned_mean = aligned(mean);
  const at::Tensor aligned_log_std = aligned(log_std);
  const at::Tensor pre_squash = at::empty(shape, mean.options());
  const at::Tensor action = at::empty(shape, mean.options());
  const at::Tensor log_prob = at::empty({2, arrays.matches, arrays.players}, mean.options());
  Device(clock).sample_actions(arrays, {data<float>(aligned_mean), data<float>(aligned_log_std), squash, false, nullptr,
                                        data<float>(pre_squash), data<float>(action), data<float>(log_prob)});
  return {pre_squash, action, log_prob};
}

template <class Device>
std::tuple<at::Tensor, at::Tensor, at::Tensor> policy_loss(const at::Tensor& mean, const at::Tensor& log_std_raw,
                                                           const at::Tensor& pre_squash, const at::Tensor& log_prob,
                                                           const at::Tensor& advantage, bool squashed,
                                                           double log_std_lowest, double log_std_highest, bool ppo,
                                                           double clip, double entropy, double weight,
                                                           const std::optional<at::Tensor>& teacher,
                                                           const std::optional<at::Tensor>& teacher_weight) {
  TORCH_CHECK_VALUE(mean.dim() == 2 && mean.size(1) % 4 == 0, "mean must be float32 [M, K], K a multiple of 4");
  const std::int64_t rows = mean.size(0);
  const at::IntArrayRef shape = mean.sizes();
  require_fours(mean, "mean", shape, mean);
  require_fours(log_std_raw, "log_std_raw", shape, mean);
  require_fours(pre_squash, "pre_squash", shape, mean);
  require(log_prob, "log_prob", at::kFloat, {rows}, mean);
  require(advantage, "advantage", at::kFloat, {rows}, mean);
  if (teacher) {
    require_fours(*teacher, "teacher", shape, mean);
    TORCH_CHECK_VALUE(teacher_weight, "teacher has no teacher_weight");
    require(*teacher_weight, "teacher_weight", at::kFloat, {}, mean);
  }
  const at::Tensor d_mean = at::empty_like(mean);
  const at::Tensor d_log_std_raw = at::empty_like(mean);
  const at::Tensor metrics = at::empty({rows, kernels::loss_metrics}, mean.options());
  const auto single = [](double number) { return static_cast<float>(number); };
  Device(mean).policy_loss(
      {ppo ? kernels::PolicyObjective::ppo : kernels::PolicyObjective::reinforce, single(clip), single(entropy), 0.0F,
       single(weight)},
      {squashed, single(log_std_lowest), single(log_std_highest)},
      {rows, static_cast<int>(mean.size(1)), mean.size(1), data<float>(mean), data<float>(log_std_raw),
       data<float>(pre_squash), data<float>(log_prob), data<float>(advantage), data<float>(d_mean),
       data<float>(d_log_std_raw), data<float>(metrics), teacher ? data<float>(*teacher) : nullptr,
       teacher ? data<float>(*teacher_weight) : nullptr});
  return {d_mean, d_log_std_raw, metrics};
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

template <class Device>
at::Tensor discounted_returns(const at::Tensor& reward, const at::Tensor& terminated, const at::Tensor& after,
                              double gamma) {
  require_returns(reward, terminated, after);
  const at::Tensor returns = at::empty_like(reward, at::MemoryFormat::Contiguous);
  const at::Tensor row_major_reward = reward.contiguous();
  const at::Tensor row_major_terminated = terminated.contiguous();
  const at::Tensor row_major_after = after.contiguous();
  Device(reward).discounted_returns({reward.size(0), reward.size(1), static_cast<float>(gamma),
                                     data<float>(row_major_reward), data<bool>(row_major_terminated),
                                     data<float>(row_major_after), data<float>(returns)});
  return returns;
}

/// Any device, in plain ATen operations.
at::Tensor discounted_returns_anywhere(const at::Tensor& reward, const at::Tensor& terminated, const at::Tensor& after,
                                       double gamma) {
  require_returns(reward, terminated, after);
  const at::Tensor returns = at::empty_like(reward, at::MemoryFormat::Contiguous);
  at::Tensor to_come = after;
  for (std::int64_t t = reward.size(0) - 1; t >= 0; --t) {
    to_come = reward[t] + at::where(terminated[t], 0.0F, to_come) * static_cast<float>(gamma);
    returns[t].copy_(to_come);
  }
  return returns;
}

std::vector<double> rules_of(std::string_view preset) {
  for (const Preset& known : presets)
    if (known.name == preset) return kernels::to_numbers(known.rules());
  TORCH_CHECK_VALUE(false, "there is no preset ", preset);
}

std::vector<std::string> rules_names() {
  std::vector<std::string> names{"game"};
  for (const auto& field : rules_fields) names.emplace_back(field.name);
  return names;
}

/// Updates a hash (rules/content_hash.h) with a tensor's bytes; its 64 bits are passed as a signed int.
std::int64_t content_hash(const at::Tensor& tensor, std::optional<std::int64_t> so_far) {
  const at::Tensor numbers = tensor.contiguous();
  auto hash = so_far ? static_cast<std::uint64_t>(*so_far) : empty_hash;
  add_bytes(hash, numbers.const_data_ptr(), numbers.nbytes());
  return static_cast<std::int64_t>(hash);
}

std::vector<std::string> bot_names() { return {names_of_bots.begin(), names_of_bots.end()}; }

template <class Device>
void register_for(torch::Library& library) {
  library.impl("start_", start<Device>);
  library.impl("step_", step<Device>);
  library.impl("rollout_step_", rollout_step<Device>);
  library.impl("observe", observe<Device>);
  library.impl("observe_players", observe_players<Device>);
  library.impl("noise", noise<Device>);
  library.impl("sample_actions", sample_actions<Device>);
  library.impl("bot_actions_", bot_actions<Device>);
  library.impl("policy_loss", policy_loss<Device>);
  library.impl("discounted_returns", discounted_returns<Device>);
}

}  // namespace

// What the tensors are: sim/match_state.h. rules: a list of numbers, named by rules_names().
TORCH_LIBRARY(matchday, library) {
  library.def("rules(str preset) -> float[]", rules_of);
  library.def("rules_names() -> str[]", rules_names);
  library.def(
      "start_(Tensor(a!) bodies, Tensor(b!) score, Tensor(c!) clock, Tensor(d!) episode, Tensor(e!) potential, "
      "Tensor match, float[] rules, int seed, Tensor? mask=None) -> ()");
  library.def(
      "step_(Tensor(a!) bodies, Tensor(b!) score, Tensor(c!) clock, Tensor(d!) episode, Tensor(e!) potential, "
      "Tensor match, float[] rules, int seed, Tensor action, Tensor shaping, Tensor(f!) reward, "
      "Tensor(g!) terminated, Tensor(h!) nonfinite_actions, Tensor(i!)? observation=None) -> ()");
  // A rollout step: actions drawn from the networks' outputs, except for teams that bots move, then step_, restarts of
  // finished matches, and the observations of teams [2, B, D] or players [2, B, N, P].
  library.def(
      "rollout_step_(Tensor(a!) bodies, Tensor(b!) score, Tensor(c!) clock, Tensor(d!) episode, Tensor(e!) potential, "
      "Tensor match, float[] rules, int seed, Tensor mean, Tensor log_std, int first_slot, bool squash, bool rotate_b, "
      "Tensor? bots, Tensor shaping, bool autoreset, Tensor(f!) pre_squash, Tensor(g!) action, "
      "Tensor(h!) log_prob, Tensor(i!) reward, Tensor(j!) terminated, Tensor(k!) score_after, "
      "Tensor(l!) nonfinite_actions, Tensor(m!) observation) -> ()");
  // Scripted teams' actions. bots: int32 [2, B], indices into bot_names() of the bots that move A and B; -1: no bot,
  // that team's rows of action are left unchanged.
  library.def(
      "bot_actions_(Tensor bodies, Tensor match, Tensor episode, Tensor clock, float[] rules, int seed, Tensor bots, "
      "Tensor(a!) action) -> ()");
  library.def("bot_names() -> str[]", bot_names);
  library.def("content_hash(Tensor tensor, int? so_far=None) -> int");
  library.def("observe(Tensor bodies, Tensor score, Tensor clock, float[] rules) -> Tensor");
  library.def("observe_players(Tensor bodies, Tensor score, Tensor clock, float[] rules) -> Tensor");
  library.def("noise(Tensor match, Tensor episode, Tensor clock, int seed, int first_slot, int players) -> Tensor");
  library.def(
      "sample_actions(Tensor mean, Tensor log_std, Tensor match, Tensor episode, Tensor clock, int seed, "
      "int first_slot, bool squash) -> (Tensor pre_squash, Tensor action, Tensor log_prob)");
  // The loss of a policy's decisions (kernels/policy_loss.h), for rows of raw network outputs: the loss's derivatives
  // by these outputs, and each row's metrics.
  library.def(
      "policy_loss(Tensor mean, Tensor log_std_raw, Tensor pre_squash, Tensor log_prob, Tensor advantage, bool "
      "squashed, "
      "float log_std_lowest, float log_std_highest, bool ppo, float clip, float entropy, float weight, "
      "Tensor? teacher=None, Tensor? teacher_weight=None) -> "
      "(Tensor d_mean, Tensor d_log_std_raw, Tensor metrics)");
  library.def("discounted_returns(Tensor reward, Tensor terminated, Tensor after, float gamma) -> Tensor");
}

TORCH_LIBRARY_IMPL(matchday, CompositeExplicitAutograd, library) {
  library.impl("discounted_returns", discounted_returns_anywhere);
}

TORCH_LIBRARY_IMPL(matchday, Meta, library) { register_for<kernels::OnMeta>(library); }

TORCH_LIBRARY_IMPL(matchday, CPU, library) {
  register_for<kernels::OnCpu>(library);
  library.impl("content_hash", content_hash);
}

#ifdef MATCHDAY_WITH_CUDA
TORCH_LIBRARY_IMPL(matchday, CUDA, library) { register_for<kernels::OnCuda>(library); }
#endif

}  // namespace matchday
