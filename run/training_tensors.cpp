#include "run/training_tensors.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "formats/safetensors.h"

namespace matchday {
namespace {

/// Calls visit(name, tensor, free) for every tensor of a state. free: the first dimension does not follow from the
/// config, but from the size of the pool or from the device.
template <class State, class Visit>
void for_each_tensor(State& state, const Visit& visit) {
  for (std::size_t k = 0; k < state.optimisers.size(); ++k) {
    auto& optimiser = state.optimisers[k];
    const std::string name = "optimiser." + std::to_string(k) + ".";
    visit(name + "mean", optimiser.mean, false);
    visit(name + "square", optimiser.square, false);
    visit(name + "steps", optimiser.steps, false);
    visit(name + "skipped", optimiser.skipped, false);
    visit(name + "culprit", optimiser.culprit, false);
  }
  if (state.pool.weights.defined()) {
    visit("pool.weights", state.pool.weights, true);
    visit("pool.iteration", state.pool.iteration, true);
    visit("pool.points", state.pool.points, true);
    visit("pool.playing", state.pool.playing, false);
    visit("pool.results", state.pool.results, false);
    visit("pool.last_renewal", state.pool.last_renewal, false);
    visit("pool.seed", state.pool.seed, false);
  }
  visit("matches.bodies", state.matches.bodies, false);
  visit("matches.score", state.matches.score, false);
  visit("matches.clock", state.matches.clock, false);
  visit("matches.episode", state.matches.episode, false);
  visit("matches.potential", state.matches.potential, false);
  visit("bad_numbers", state.nonfinite_actions, false);
  visit("order", state.order, true);
}

}  // namespace

std::map<std::string, at::Tensor> training_tensors(const TrainingState& state) {
  std::map<std::string, at::Tensor> named;
  for_each_tensor(state, [&](const std::string& name, const at::Tensor& tensor, bool) { named[name] = tensor; });
  return named;
}

TrainingState training_state(const std::map<std::string, at::Tensor>& tensors, const TrainingState& like,
                             const Rules& rules, const std::string& where) {
  TrainingState state = like;
  for_each_tensor(state, [&](const std::string& name, at::Tensor& tensor, bool free) {
    std::vector<std::int64_t> sizes = tensor.sizes().vec();
    const auto found = tensors.find(name);
    if (free && found != tensors.end() && found->second.dim() > 0 && found->second.size(0) > 0)
      sizes[0] = found->second.size(0);
    tensor = tensor_in(tensors, name, tensor.scalar_type(), sizes, where);
  });
  if (const auto text = problem(state.matches, rules)) throw BadInput(fmt::format("{}: matches.{}", where, *text));
  const auto require_range = [&](const std::string& name, const at::Tensor& numbers, double lowest, double highest) {
    if (numbers.numel() > 0 && (numbers.lt(lowest).any().item<bool>() || numbers.gt(highest).any().item<bool>()))
      throw BadInput(fmt::format("{}: {} holds numbers outside {:g} to {:g}", where, name, lowest, highest));
  };
  constexpr double largest = 3e38;  // of float32
  constexpr double most = 1e18;     // leaves room to count on
  for (std::size_t k = 0; k < state.optimisers.size(); ++k) {
    const AdamState& optimiser = state.optimisers[k];
    const std::string name = "optimiser." + std::to_string(k) + ".";
    require_range(name + "square", optimiser.square, 0.0, largest);
    require_range(name + "steps", optimiser.steps, 0.0, most);
    require_range(name + "skipped", optimiser.skipped, 0.0, most);
    require_range(name + "culprit", optimiser.culprit, -1.0, static_cast<double>(optimiser.mean.numel() - 1));
  }
  require_range("bad_numbers", state.nonfinite_actions, 0.0, most);
  if (!state.pool.weights.defined()) return state;
  const std::int64_t members = state.pool.weights.size(0);
  for (const auto& [name, counted] :
       {std::pair{"pool.iteration", &state.pool.iteration}, {"pool.points", &state.pool.points}})
    if (counted->size(0) != members)
      throw BadInput(
          fmt::format("{}: {} tells of {} opponents, pool.weights of {}", where, name, counted->size(0), members));
  require_range("pool.playing", state.pool.playing, 0.0, static_cast<double>(members - 1));
  require_range("pool.points", state.pool.points, 0.0, 1.0);
  require_range("pool.iteration", state.pool.iteration, 0.0, most);
  require_range("pool.last_renewal", state.pool.last_renewal, 0.0, most);
  return state;
}

}  // namespace matchday
