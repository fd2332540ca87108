// What a backend is: one way to compute the steps of B matches. Simulator owns the matches' tensors and has a backend
// work on them; nothing else asks which one it is.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kernels/match_tensors.h"
#include "kernels/operators.h"

namespace matchday {

/// All backends give the same states, rewards, observations and noise, bit for bit.
enum class BackendKind {
  automatic,  ///< native where there are kernels, tensor elsewhere
  native,     ///< our kernels
  tensor,     ///< plain ATen operations, any torch device
  reference,  ///< the scalar core that the others are checked against, one match at a time on a CPU
};

/// Immutable: the state that it works on is the caller's. Tensors come in checked and on the matches' device.
class Backend {
 public:
  explicit Backend(operators::MatchSetup setup) : setup_(std::move(setup)) {}
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;
  virtual ~Backend() = default;

  const Rules& rules() const { return setup_.constants.rules; }
  std::uint64_t seed() const { return setup_.constants.seed; }
  const at::Tensor& match() const { return setup_.match; }  ///< int64 [B]: the matches' indices

  virtual std::string name() const = 0;

  /// The same for `count` neighbouring matches.
  virtual std::shared_ptr<const Backend> part(std::int64_t first, std::int64_t count) const = 0;

  /// Starts the next match at every place, or where `mask` (bool [B]; undefined: everywhere) is set.
  virtual void start(const MatchState& state, const at::Tensor& mask) const = 0;

  /// Plays one step, in place in `state`. action: float32 [2, B, N, 4] in the acting team's view. shaping: float32 [],
  /// scales the shaping reward. nonfinite_actions: int64 [], adds the number of such components.
  virtual void step(const MatchState& state, const at::Tensor& action, const at::Tensor& shaping,
                    const at::Tensor& nonfinite_actions, const StepResult& into) const = 0;

  /// What both teams see: float32 [2, B, D].
  virtual at::Tensor observe(const MatchState& state) const = 0;

  /// What every player sees: float32 [2, B, N, P].
  virtual at::Tensor observe_players(const MatchState& state) const = 0;

  /// Standard normal noise for all players' actions at the matches' current step: float32 [2, B, N, 4].
  virtual at::Tensor noise(const MatchState& state, std::int64_t first_slot) const = 0;

  /// Draws the actions of all players; in torch operations, unless a backend has its own way.
  virtual SampledActions sample(const MatchState& state, const Drawing& drawing) const;

  /// Samples actions, has bots move their teams, plays the step, starts the next match where one is over, and observes:
  /// one after the other, unless a backend does it at once.
  virtual void rollout_step(const MatchState& state, const Drawing& drawing, const RolloutStepOptions& options,
                            const at::Tensor& nonfinite_actions, const RolloutStep& into) const;

  /// Writes the actions of teams that bots move (kernels/operators.h). Bots are kernels: where the matches' device has
  /// none they are computed on the CPU.
  void bot_actions(const MatchState& state, const at::Tensor& bots, const at::Tensor& action) const;

 protected:
  /// The setup of `count` neighbouring matches.
  operators::MatchSetup setup_of_part(std::int64_t first, std::int64_t count) const;

  operators::MatchSetup setup_;
};

/// Makes a backend for the matches of a setup.
using BackendMaker = std::function<std::shared_ptr<const Backend>(const operators::MatchSetup& setup)>;

/// One of ours. Throws BadInput if it can't play on the matches' device.
std::shared_ptr<const Backend> make_backend(BackendKind kind, const operators::MatchSetup& setup);

/// "native", "tensor", "reference"; "automatic".
std::string backend_name(BackendKind kind);

/// The backends that are checked against the reference core on a device.
std::vector<BackendKind> backends_on(at::Device device);

}  // namespace matchday
