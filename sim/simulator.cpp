#include "sim/simulator.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>

#include "rules/bad_input.h"
#include "rules/fields.h"
#include "rules/observation.h"
#include "sim/tensor/normal.h"
#include "sim/tensor/tensor_backend.h"

namespace matchday {
namespace {

void require(const at::Tensor& tensor, const char* name, at::ScalarType type, at::IntArrayRef shape,
             at::Device device) {
  if (tensor.defined() && tensor.scalar_type() == type && tensor.sizes() == shape && tensor.device() == device) return;
  const auto text = [](auto type_of, auto shape_of, auto device_of) {
    return fmt::format("{} [{}] on {}", c10::toString(type_of), fmt::join(shape_of, ", "), device_of.str());
  };
  throw BadInput(fmt::format(
      "{} is {} but must be {}", name,
      tensor.defined() ? text(tensor.scalar_type(), tensor.sizes(), tensor.device()) : std::string("undefined"),
      text(type, shape, device)));
}

Backend chosen_backend(const SimulatorOptions& options) {
  const bool has_kernels = options.device.is_cpu() || options.device.is_cuda();
  if (options.backend == Backend::automatic) return has_kernels ? Backend::native : Backend::tensor;
  if (options.backend == Backend::native && !has_kernels)
    throw BadInput(fmt::format("the native backend plays on cpu and cuda, not on {}", options.device.str()));
  return options.backend;
}

void overwrite(const MatchState& state, const MatchState& next) {
  state.bodies.copy_(next.bodies);
  state.score.copy_(next.score);
  state.clock.copy_(next.clock);
  state.episode.copy_(next.episode);
  state.potential.copy_(next.potential);
}

}  // namespace

Simulator::Simulator(const Rules& rules, const SimulatorOptions& options) : backend_(chosen_backend(options)) {
  if (const auto text = problem(rules)) throw BadInput(*text);
  if (options.matches < 1) throw BadInput(fmt::format("matches is {} but must be at least 1", options.matches));
  state_ = empty_state(rules.players, options.matches, options.device);
  const at::Device device = state_.bodies.device();  // with an index, which the options' device may lack
  const at::TensorOptions integers = at::TensorOptions(device).dtype(at::kLong);
  const at::Tensor indices = options.indices.defined()
                                 ? options.indices.to(device)
                                 : at::arange(options.first_match, options.first_match + options.matches, integers);
  require(indices, "the matches' indices", at::kLong, {options.matches}, device);
  setup_ = tensor::make_setup(rules, options.seed, indices);
  native_setup_ = native::make_setup(rules, options.seed, setup_.match);
  state_.episode.fill_(-1);  // so that the first match is number 0
  reset();
  nonfinite_actions_ = at::zeros({}, integers);
  full_shaping_ = at::ones({}, integers.dtype(at::kFloat));
}

void Simulator::reset() {
  if (backend_ == Backend::native)
    native::start(native_setup_, state_);
  else
    overwrite(state_, tensor::start(setup_, state_.episode + 1));
}

void Simulator::reset(const at::Tensor& mask) {
  require(mask, "the reset mask", at::kBool, {matches()}, device());
  if (backend_ == Backend::native) return native::start(native_setup_, state_, mask.contiguous());
  const MatchState next = tensor::start(setup_, state_.episode + mask);
  overwrite(state_, {at::where(mask, next.bodies, state_.bodies), at::where(mask, next.score, state_.score),
                     at::where(mask, next.clock, state_.clock), next.episode,
                     at::where(mask, next.potential, state_.potential)});
}

StepResult Simulator::step(const at::Tensor& action, const at::Tensor& shaping) {
  const StepResult result{at::empty({matches()}, full_shaping_.options()),
                          at::empty({matches()}, full_shaping_.options().dtype(at::kBool)),
                          {}};
  step(action, shaping, result);
  return result;
}

void Simulator::step(const at::Tensor& action, const at::Tensor& shaping, const StepResult& into) {
  require(action, "the action", at::kFloat, {2, matches(), rules().players, action_size}, device());
  require(shaping, "the shaping weight", at::kFloat, {}, device());
  require(into.reward, "the reward", at::kFloat, {matches()}, device());
  require(into.terminated, "the end of matches", at::kBool, {matches()}, device());
  if (into.observation.defined())
    require(into.observation, "the observation", at::kFloat, {2, matches(), observation_size(rules())}, device());
  const at::NoGradGuard no_gradient;
  if (backend_ == Backend::native)
    return native::step(native_setup_, state_, action, shaping, nonfinite_actions_, into);
  MatchState next = state_;
  const StepResult result = tensor::step(setup_, next, action, shaping, nonfinite_actions_);
  overwrite(state_, next);
  into.reward.copy_(result.reward);
  into.terminated.copy_(result.terminated);
  if (into.observation.defined()) into.observation.copy_(observe());
}

StepResult Simulator::step(const at::Tensor& action) { return step(action, full_shaping_); }

at::Tensor Simulator::observe() const {
  return backend_ == Backend::native ? native::observe(native_setup_, state_) : tensor::observe(rules(), state_);
}

at::Tensor Simulator::observe_players() const {
  return backend_ == Backend::native ? native::observe_players(native_setup_, state_)
                                     : tensor::observe_players(rules(), state_);
}

at::Tensor Simulator::noise(std::uint32_t first_slot) const {
  const std::int64_t players = rules().players;
  if (backend_ == Backend::native) return native::noise(native_setup_, state_, players, first_slot);
  return tensor::normals(seed(), match_indices(), state_.episode, state_.clock, first_slot, 2 * players)
      .view({action_size, 2, players, -1})
      .permute({1, 3, 2, 0})
      .contiguous();
}

void Simulator::set_state(const MatchState& state) {
  const std::int64_t b = matches();
  require(state.bodies, "bodies", at::kFloat, {4, 2 * rules().players + 1, b}, device());
  require(state.score, "score", at::kInt, {2, b}, device());
  require(state.clock, "clock", at::kInt, {b}, device());
  require(state.episode, "episode", at::kInt, {b}, device());
  require(state.potential, "potential", at::kFloat, {b}, device());
  overwrite(state_, state);
}

Simulator Simulator::part(std::int64_t first, std::int64_t count) const {
  const auto own = [&](const at::Tensor& of_all) { return of_all.narrow(-1, first, count); };
  Simulator part = *this;
  part.setup_.match = part.native_setup_.match = own(setup_.match);
  part.state_ = {own(state_.bodies), own(state_.score), own(state_.clock), own(state_.episode), own(state_.potential)};
  return part;
}

}  // namespace matchday
