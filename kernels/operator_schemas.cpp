// The operators that torch and Python see, and the only place that registers them: kernels/operators.h, with every
// tensor an argument of its own, as torch's schemas have it.
#include <ATen/ATen.h>
#include <torch/library.h>

#include "config/trunk.h"
#include "kernels/operator_inputs.h"
#include "kernels/operators.h"
#include "kernels/rules_numbers.h"
#include "rules/content_hash.h"

namespace matchday {
namespace {

using operators::MatchSetup;
using MaybeTensor = std::optional<at::Tensor>;

MatchSetup setup_of(at::ArrayRef<double> rules, std::int64_t seed, const at::Tensor& match) {
  return {kernels::match_constants(rules_in(rules), static_cast<std::uint64_t>(seed)), match};
}

void start(const at::Tensor& bodies, const at::Tensor& score, const at::Tensor& clock, const at::Tensor& episode,
           const at::Tensor& potential, const at::Tensor& match, at::ArrayRef<double> rules, std::int64_t seed,
           const MaybeTensor& mask) {
  operators::start(setup_of(rules, seed, match), {bodies, score, clock, episode, potential},
                   mask.value_or(at::Tensor()));
}

void step(const at::Tensor& bodies, const at::Tensor& score, const at::Tensor& clock, const at::Tensor& episode,
          const at::Tensor& potential, const at::Tensor& match, at::ArrayRef<double> rules, std::int64_t seed,
          const at::Tensor& action, const at::Tensor& shaping, const at::Tensor& reward, const at::Tensor& terminated,
          const at::Tensor& nonfinite_actions, const MaybeTensor& observation) {
  operators::step(setup_of(rules, seed, match), {bodies, score, clock, episode, potential}, action, shaping,
                  nonfinite_actions, {reward, terminated, observation.value_or(at::Tensor())});
}

void rollout_step(const at::Tensor& bodies, const at::Tensor& score, const at::Tensor& clock, const at::Tensor& episode,
                  const at::Tensor& potential, const at::Tensor& match, at::ArrayRef<double> rules, std::int64_t seed,
                  const at::Tensor& mean, const at::Tensor& log_std, std::int64_t first_slot, bool squash,
                  bool rotate_b, const MaybeTensor& bots, const at::Tensor& shaping, bool autoreset,
                  const at::Tensor& pre_squash, const at::Tensor& action, const at::Tensor& log_prob,
                  const at::Tensor& reward, const at::Tensor& terminated, const at::Tensor& score_after,
                  const at::Tensor& nonfinite_actions, const at::Tensor& observation) {
  operators::rollout_step(setup_of(rules, seed, match), {bodies, score, clock, episode, potential},
                          {mean, log_std, first_slot, squash, rotate_b},
                          {bots.value_or(at::Tensor()), shaping, autoreset}, nonfinite_actions,
                          {pre_squash, action, log_prob, reward, terminated, score_after, observation});
}

at::Tensor observe(const at::Tensor& bodies, const at::Tensor& score, const at::Tensor& clock,
                   at::ArrayRef<double> rules) {
  return operators::observe(setup_of(rules, 0, {}), {bodies, score, clock, {}, {}});
}

at::Tensor observe_players(const at::Tensor& bodies, const at::Tensor& score, const at::Tensor& clock,
                           at::ArrayRef<double> rules) {
  return operators::observe_players(setup_of(rules, 0, {}), {bodies, score, clock, {}, {}});
}

at::Tensor noise(const at::Tensor& match, const at::Tensor& episode, const at::Tensor& clock, std::int64_t seed,
                 std::int64_t first_slot, std::int64_t players) {
  return operators::noise({static_cast<std::uint64_t>(seed), players, match, episode, clock}, first_slot);
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> sample_actions(const at::Tensor& mean, const at::Tensor& log_std,
                                                              const at::Tensor& match, const at::Tensor& episode,
                                                              const at::Tensor& clock, std::int64_t seed,
                                                              std::int64_t first_slot, bool squash) {
  TORCH_CHECK_VALUE(mean.dim() == 4, "mean must be float32 [2, B, N, 4] but has ", mean.dim(), " dimensions");
  const SampledActions sampled =
      operators::sample_actions({static_cast<std::uint64_t>(seed), mean.size(2), match, episode, clock},
                                {mean, log_std, first_slot, squash, false});
  return {sampled.pre_squash, sampled.action, sampled.log_prob};
}

void bot_actions(const at::Tensor& bodies, const at::Tensor& match, const at::Tensor& episode, const at::Tensor& clock,
                 at::ArrayRef<double> rules, std::int64_t seed, const at::Tensor& bots, const at::Tensor& action) {
  operators::bot_actions(setup_of(rules, seed, match), {bodies, {}, clock, episode, {}}, bots, action);
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> policy_loss(
    const at::Tensor& mean, const at::Tensor& log_std_raw, const at::Tensor& pre_squash, const at::Tensor& log_prob,
    const at::Tensor& advantage, bool squashed, double log_std_lowest, double log_std_highest, bool ppo, double clip,
    double entropy, double weight, const MaybeTensor& teacher, const MaybeTensor& teacher_weight) {
  const auto single = [](double number) { return static_cast<float>(number); };
  const operators::LossGradient gradient =
      operators::policy_loss({ppo ? kernels::PolicyObjective::ppo : kernels::PolicyObjective::reinforce, single(clip),
                              single(entropy), 0.0F, single(weight)},
                             {squashed, single(log_std_lowest), single(log_std_highest)},
                             {mean, log_std_raw, pre_squash, log_prob, advantage, teacher.value_or(at::Tensor()),
                              teacher_weight.value_or(at::Tensor())});
  return {gradient.mean, gradient.log_std_raw, gradient.metrics};
}

std::vector<double> rules_of(std::string_view preset) {
  for (const Preset& known : presets)
    if (known.name == preset) return kernels::to_numbers(known.rules());
  TORCH_CHECK_VALUE(false, "there is no preset ", preset);
}

std::vector<std::string> games() {
  std::vector<std::string> names;
  for (const Preset& known : presets) names.emplace_back(known.name);
  return names;
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

std::vector<std::string> trunk_names() {
  std::vector<std::string> names;
  for (const Trunk trunk : values_of<Trunk>()) names.emplace_back(name_of(trunk));
  return names;
}

/// The operations of a trunk (config/trunk.h) and the widths of what they make.
std::tuple<std::vector<std::string>, std::vector<std::int64_t>> trunk_steps_of(
    const std::string& trunk, const std::vector<std::int64_t>& widths) {
  const std::optional<Trunk> known = value_called<Trunk>(trunk);
  if (!known) throw BadInput("there is no trunk " + value_text(std::string_view(trunk)));
  std::tuple<std::vector<std::string>, std::vector<std::int64_t>> found;
  for (const TrunkStep& step : trunk_steps(*known, widths)) {
    std::get<0>(found).emplace_back(name_of(step.operation));
    std::get<1>(found).push_back(step.width);
  }
  return found;
}

void register_operators(torch::Library& library) {
  library.impl("start_", start);
  library.impl("step_", step);
  library.impl("rollout_step_", rollout_step);
  library.impl("observe", observe);
  library.impl("observe_players", observe_players);
  library.impl("noise", noise);
  library.impl("sample_actions", sample_actions);
  library.impl("bot_actions_", bot_actions);
  library.impl("policy_loss", policy_loss);
  library.impl("discounted_returns", operators::discounted_returns);
}

}  // namespace

// What the tensors are: kernels/match_tensors.h. rules: a list of numbers, named by rules_names().
TORCH_LIBRARY(matchday, library) {
  library.def("version() -> str", [] { return std::string(MATCHDAY_VERSION); });
  library.def("games() -> str[]", games);
  library.def("sees_own_side(float[] rules) -> bool",
              [](at::ArrayRef<double> rules) { return matchday::sees_own_side(rules_in(rules)); });
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
  library.def("trunk_names() -> str[]", trunk_names);
  library.def("trunk_steps(str trunk, int[] widths) -> (str[] operations, int[] widths)", trunk_steps_of);
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
      "policy_loss(Tensor mean, Tensor log_std_raw, Tensor pre_squash, Tensor log_prob, Tensor advantage, "
      "bool squashed, float log_std_lowest, float log_std_highest, bool ppo, float clip, float entropy, float weight, "
      "Tensor? teacher=None, Tensor? teacher_weight=None) -> "
      "(Tensor d_mean, Tensor d_log_std_raw, Tensor metrics)");
  library.def("discounted_returns(Tensor reward, Tensor terminated, Tensor after, float gamma) -> Tensor");
}

TORCH_LIBRARY_IMPL(matchday, CompositeExplicitAutograd, library) {
  library.impl("discounted_returns", operators::discounted_returns);
}

TORCH_LIBRARY_IMPL(matchday, Meta, library) { register_operators(library); }

TORCH_LIBRARY_IMPL(matchday, CPU, library) {
  register_operators(library);
  library.impl("content_hash", content_hash);
}

#ifdef MATCHDAY_WITH_CUDA
TORCH_LIBRARY_IMPL(matchday, CUDA, library) { register_operators(library); }
#endif

}  // namespace matchday
