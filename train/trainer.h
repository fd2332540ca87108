// The training loop's one turn: rollout -> returns -> gradient -> step.
#pragma once

#include <c10/core/Device.h>

#include <cstdint>

#include "sim/simulator.h"
#include "train/adam.h"
#include "train/checkpoint.h"
#include "train/config.h"
#include "train/rollout.h"

namespace matchday {

/// What an iteration was like.
struct IterationFigures {
  std::int64_t iteration = 0;
  std::int64_t match_steps = 0;  ///< played so far, all iterations together
  double loss = 0.0;
  double gradient_norm = 0.0;
  double sigma = 0.0;
  double entropy = 0.0;
  double goals_per_match = 0.0;  ///< of both teams
  double lead_per_match = 0.0;   ///< A's goals less B's
  double learning_rate = 0.0;
  double shaping = 1.0;
  double bad_actions = 0.0;      ///< non-finite action components so far
  double skipped_updates = 0.0;  ///< updates left out so far because of a gradient that was not finite
};

/// Owns all that changes while a team learns.
class Trainer {
 public:
  /// Makes untrained networks and starts the matches.
  Trainer(const Config& config, at::Device device);

  /// Plays one whole match at every place and updates the networks once. progress: how far the run is, 0 to 1, which
  /// the learning rate follows.
  IterationFigures iterate(double progress);

  /// The team as it is now; its networks are the trainer's own, not copies.
  Checkpoint checkpoint() const;

  std::int64_t match_steps() const { return match_steps_; }

 private:
  Config config_;
  TeamNetworks networks_;
  Simulator simulator_;
  Adam adam_;
  std::int64_t iteration_ = 0;
  std::int64_t match_steps_ = 0;
};

/// The device a config names: "auto" takes CUDA, then MPS, then the CPU. Throws BadInput if it is not there.
at::Device find_device(const std::string& name);

}  // namespace matchday
