// Simulator: B matches played at once on one device.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <cstdint>

#include "rules/rules.h"
#include "sim/match_state.h"
#include "sim/native/native_backend.h"
#include "sim/tensor/match_setup.h"

namespace matchday {

/// How steps are computed. Both backends give the same bits.
enum class Backend {
  automatic,  ///< native on the CPU and on CUDA, tensor elsewhere
  native,     ///< our kernels
  tensor,     ///< plain ATen operations, any torch device
};

struct SimulatorOptions {
  std::int64_t matches = 1;      ///< B
  std::uint64_t seed = 1;        ///< with each match's index, determines all random numbers
  std::int64_t first_match = 0;  ///< index of the first match, where several devices share a job
  at::Device device = at::kCPU;
  Backend backend = Backend::automatic;
  at::Tensor indices{};  ///< int64 [B]: the matches' indices, if they are not consecutive
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
  at::Tensor observe() const;

  /// What every player sees, in its own view: float32 [2, B, N, P], as tabled there too.
  at::Tensor observe_players() const;

  /// Standard normal noise for the actions of all players at the matches' current step: float32 [2, B, N, 4], the same
  /// bits on every backend and device. first_slot: slot_action_noise for policies that learn, slot_bot for bots.
  at::Tensor noise(std::uint32_t first_slot) const;

  const Rules& rules() const { return setup_.rules; }
  Backend backend() const { return backend_; }  ///< native or tensor
  /// The matches' current state. A step writes into these tensors: clone what must be kept.
  const MatchState& state() const { return state_; }
  /// Sets all matches to a copy of this state. Throws BadInput if a tensor's shape, type or device is wrong.
  void set_state(const MatchState& state);

  /// A simulator of `count` neighbouring matches. It shares this one's tensors, so each sees the other's steps: several
  /// threads can each play a part of the matches.
  Simulator part(std::int64_t first, std::int64_t count) const;

  std::int64_t matches() const { return setup_.match.size(0); }
  std::uint64_t seed() const { return setup_.seed; }
  const at::Tensor& match_indices() const { return setup_.match; }  ///< int64 [B]
  at::Device device() const { return setup_.match.device(); }
  /// Non-finite action components so far: int64 [], on the device.
  const at::Tensor& nonfinite_actions() const { return nonfinite_actions_; }
  const native::MatchSetup& native_setup() const { return native_setup_; }

 private:
  Backend backend_;
  tensor::MatchSetup setup_;
  native::MatchSetup native_setup_;
  MatchState state_;
  at::Tensor nonfinite_actions_;
  at::Tensor full_shaping_;  ///< float32 [], 1
};

}  // namespace matchday
