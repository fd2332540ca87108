#include "sim/simulator.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>

#include "rules/bad_input.h"
#include "rules/fields.h"
#include "rules/observation.h"

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

}  // namespace

Simulator::Simulator(const Rules& rules, const SimulatorOptions& options) {
  if (const auto text = problem(rules)) throw BadInput(*text);
  if (options.matches < 1) throw BadInput(fmt::format("matches is {} but must be at least 1", options.matches));
  state_ = empty_state(rules.players, options.matches, options.device);
  const at::Device device = state_.bodies.device();  // with an index, which the options' device may lack
  const at::TensorOptions integers = at::TensorOptions(device).dtype(at::kLong);
  const at::Tensor indices = options.indices.defined()
                                 ? options.indices.to(device)
                                 : at::arange(options.first_match, options.first_match + options.matches, integers);
  require(indices, "the matches' indices", at::kLong, {options.matches}, device);
  const operators::MatchSetup setup{kernels::match_constants(rules, options.seed), indices};
  backend_ = options.own_backend ? options.own_backend(setup) : make_backend(options.backend, setup);
  state_.episode.fill_(-1);  // so that the first match is number 0
  reset();
  nonfinite_actions_ = at::zeros({}, integers);
  full_shaping_ = at::ones({}, integers.dtype(at::kFloat));
}

void Simulator::reset() { backend_->start(state_, {}); }

void Simulator::reset(const at::Tensor& mask) {
  require(mask, "the reset mask", at::kBool, {matches()}, device());
  backend_->start(state_, mask);
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
  backend_->step(state_, action, shaping, nonfinite_actions_, into);
}

StepResult Simulator::step(const at::Tensor& action) { return step(action, full_shaping_); }

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
  part.backend_ = backend_->part(first, count);
  part.state_ = {own(state_.bodies), own(state_.score), own(state_.clock), own(state_.episode), own(state_.potential)};
  return part;
}

}  // namespace matchday
