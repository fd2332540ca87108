#include "sim/backend.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "rules/bad_input.h"
#include "sim/action_distribution.h"
#include "sim/native_backend.h"
#include "sim/reference_backend.h"
#include "sim/tensor_backend.h"

namespace matchday {
namespace {

/// A kind of backend: its name, where it plays, and how it is made.
struct Entry {
  BackendKind kind;
  const char* name;
  const char* devices;
  bool (*plays_on)(at::Device device);
  std::shared_ptr<const Backend> (*make)(const operators::MatchSetup& setup);
};

constexpr Entry entries[] = {
    {BackendKind::native, "native", "devices that this build has kernels for", operators::has_kernels,
     make_native_backend},
    {BackendKind::tensor, "tensor", "every device", [](at::Device) { return true; }, make_tensor_backend},
    {BackendKind::reference, "reference", "cpu", [](at::Device device) { return device.is_cpu(); },
     make_reference_backend},
};

const Entry& entry_of(BackendKind kind) {
  return *std::find_if(std::begin(entries), std::end(entries), [&](const Entry& entry) { return entry.kind == kind; });
}

}  // namespace

SampledActions Backend::sample(const MatchState& state, const Drawing& drawing) const {
  const ActionDistribution distribution{drawing.squash ? Squash::tanh : Squash::none, drawing.mean, drawing.log_std};
  const at::Tensor pre_squash = matchday::sample(distribution, noise(state, drawing.first_slot));
  // A copy: without a squash it would be the sample's own tensor, and actions are changed in place.
  const at::Tensor action = action_of(distribution.squash, pre_squash).clone();
  if (drawing.rotate_b) action[1].neg_();
  return {pre_squash, action, log_prob(distribution, pre_squash).sum(-1)};
}

void Backend::rollout_step(const MatchState& state, const Drawing& drawing, const RolloutStepOptions& options,
                           const at::Tensor& nonfinite_actions, const RolloutStep& into) const {
  if (drawing.mean.defined()) {
    const SampledActions sampled = sample(state, drawing);
    into.pre_squash.copy_(sampled.pre_squash);
    into.action.copy_(sampled.action);
    into.log_prob.copy_(sampled.log_prob);
  }
  if (options.bots.defined()) bot_actions(state, options.bots, into.action);
  step(state, into.action, options.shaping, nonfinite_actions, {into.reward, into.terminated});
  into.score.copy_(state.score);
  if (options.autoreset) start(state, into.terminated);
  into.observation.copy_(into.observation.dim() == 4 ? observe_players(state) : observe(state));
}

void Backend::bot_actions(const MatchState& state, const at::Tensor& bots, const at::Tensor& action) const {
  if (operators::has_kernels(action.device())) return operators::bot_actions(setup_, state, bots, action);
  const at::Tensor on_host = action.cpu();
  operators::bot_actions({setup_.constants, setup_.match.cpu()},
                         {state.bodies.cpu(), state.score.cpu(), state.clock.cpu(), state.episode.cpu(), {}},
                         bots.cpu(), on_host);
  action.copy_(on_host);
}

operators::MatchSetup Backend::setup_of_part(std::int64_t first, std::int64_t count) const {
  return {setup_.constants, setup_.match.narrow(0, first, count)};
}

std::shared_ptr<const Backend> make_backend(BackendKind kind, const operators::MatchSetup& setup) {
  const at::Device device = setup.match.device();
  if (kind == BackendKind::automatic) kind = operators::has_kernels(device) ? BackendKind::native : BackendKind::tensor;
  const Entry& entry = entry_of(kind);
  if (!entry.plays_on(device))
    throw BadInput(fmt::format("the {} backend plays on {}, not on {}", entry.name, entry.devices, device.str()));
  return entry.make(setup);
}

std::string backend_name(BackendKind kind) {
  return kind == BackendKind::automatic ? "automatic" : entry_of(kind).name;
}

std::vector<BackendKind> backends_on(at::Device device) {
  std::vector<BackendKind> kinds;
  for (const Entry& entry : entries)
    if (entry.kind != BackendKind::reference && entry.plays_on(device)) kinds.push_back(entry.kind);
  return kinds;
}

}  // namespace matchday
