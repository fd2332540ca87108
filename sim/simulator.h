// Simulator: B matches played at once on one device.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <cstdint>
#include <memory>

#include "rules/rules.h"
#include "sim/backend.h"
#include "sim/match_state.h"

namespace matchday {

struct SimulatorOptions {
  std::int64_t matches = 1;      ///< B
  std::uint64_t seed = 1;        ///< with each match's index, determines all random numbers
  std::int64_t first_match = 0;  ///< index of the first match, where several devices share a job
  at::Device device = at::kCPU;
  BackendKind backend = BackendKind::automatic;
  BackendMaker own_backend{};  ///< a backend of one's own, instead
  at::Tensor indices{};        ///< int64 [B]: the matches' indices, if they are not consecutive
};

/// Owns the matches' tensors.
class Simulator {
 public:
  /// Starts every match. Throws BadInput for bad rules, matches or indices, or a backend that the device lacks.
  Simulator(const Rules& rules, const SimulatorOptions& options);

  /// Starts the next match at every place, or where `mask` (bool [B]) is set. Never waits for the device.
  void reset();
  void reset(const at::Tensor& mask);

  /// Plays one step. action: float32 [2, B, N, 4]: move x, y and kick x, y of each player, in the acting team's view; a
  /// non-finite component is taken as 0 and counted. shaping: float32 [], scales the shaping part of the reward.
  /// A match past full time plays on until it is reset. Throws BadInput if a tensor's shape, type or device is wrong.
  StepResult step(const at::Tensor& action, const at::Tensor& shaping);
  StepResult step(const at::Tensor& action);

  /// The same, writing into the tensors of `into`: contiguous, as StepResult says. A defined `observation` is the
  /// fastest way to observe the next state.
  void step(const at::Tensor& action, const at::Tensor& shaping, const StepResult& into);

  /// What both teams see: float32 [2, B, D], as tabled in rules/observation.h.
  at::Tensor observe() const { return backend_->observe(state_); }

  /// What every player sees, in its own view: float32 [2, B, N, P], as tabled there too.
  at::Tensor observe_players() const { return backend_->observe_players(state_); }

  /// Standard normal noise for the actions of all players at the matches' current step: float32 [2, B, N, 4], the same
  /// bits on every backend and device. first_slot: slot_action_noise for policies that learn, slot_bot for bots.
  at::Tensor noise(std::uint32_t first_slot) const { return backend_->noise(state_, first_slot); }

  /// Draws all players' actions at the matches' current step.
  SampledActions sample(const Drawing& drawing) const { return backend_->sample(state_, drawing); }

  /// Writes the actions of all bots at the matches' current step in one call. bots: int32 [2, B], the Bot that moves
  /// each team; action: float32 [2, B, N, 4], contiguous, where the rows of teams without a bot stay unchanged. Both on
  /// the simulator's device.
  void bot_actions(const at::Tensor& bots, const at::Tensor& action) const {
    backend_->bot_actions(state_, bots, action);
  }

  /// In one call: samples actions, plays the step, starts the next match where one is over, and observes; writes into
  /// the caller's tensors.
  void rollout_step(const Drawing& drawing, const RolloutStepOptions& options, const RolloutStep& into) {
    backend_->rollout_step(state_, drawing, options, nonfinite_actions_, into);
  }

  const Rules& rules() const { return backend_->rules(); }
  std::string backend() const { return backend_->name(); }
  /// The matches' current state. A step writes into these tensors: clone what must be kept.
  const MatchState& state() const { return state_; }
  /// Sets all matches to a copy of this state. Throws BadInput if a tensor's shape, type or device is wrong.
  void set_state(const MatchState& state);

  /// A simulator of `count` neighbouring matches. It shares this one's tensors, so each sees the other's steps: several
  /// threads can each play a part of the matches.
  Simulator part(std::int64_t first, std::int64_t count) const;

  std::int64_t matches() const { return match_indices().size(0); }
  std::uint64_t seed() const { return backend_->seed(); }
  const at::Tensor& match_indices() const { return backend_->match(); }  ///< int64 [B]
  at::Device device() const { return match_indices().device(); }
  /// Non-finite action components so far: int64 [], on the device.
  const at::Tensor& nonfinite_actions() const { return nonfinite_actions_; }

 private:
  std::shared_ptr<const Backend> backend_;
  MatchState state_;
  at::Tensor nonfinite_actions_;
  at::Tensor full_shaping_;  ///< float32 [], 1
};

}  // namespace matchday
