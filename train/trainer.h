// The training loop's one turn: rollout -> returns -> update.
#pragma once

#include <ATen/core/Generator.h>
#include <c10/core/Device.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/simulator.h"
#include "train/checkpoint.h"
#include "train/config.h"
#include "train/figure_reader.h"
#include "train/opponents.h"
#include "train/update.h"

namespace matchday {

/// Owns all that changes while a team learns.
class Trainer {
 public:
  /// Makes untrained networks and starts the matches.
  Trainer(const Config& config, at::Device device);
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  /// Plays a rollout and updates the networks. progress: how far the run is, 0 to 1, which the learning rate follows.
  /// Gives the iteration's figures; on a GPU, where nobody waits for them, those of the iteration before, and none at
  /// first.
  Figures iterate(double progress);

  /// The last iteration's figures where `iterate` has not given them; else none.
  Figures last_figures();

  /// The first half of that alone: a rollout, with all that it stores.
  const Trajectory& play(double progress);

  /// The team as it is now; its networks are the trainer's own, not copies.
  Checkpoint checkpoint() const;

  const Opponents& opponents() const { return opponents_; }
  /// The parameter whose gradient was last found not to be finite, or nothing.
  const std::string& bad_tensor() const { return bad_tensor_; }
  /// The threads that train, for other work between iterations.
  Workers& workers() { return workers_; }
  std::int64_t iteration() const { return iteration_; }
  std::int64_t match_steps() const { return match_steps_; }

 private:
  at::TensorOptions floats() const { return at::TensorOptions(simulator_.device()).dtype(at::kFloat); }
  /// Steps of a rollout.
  std::int64_t trajectory_steps() const {
    return config_.train.rollout_steps > 0 ? config_.train.rollout_steps : std::int64_t{config_.rules.steps};
  }
  Networks networks() const;
  UpdateFigures update(const Trajectory& trajectory, const Advantages& advantages, const at::Tensor& learning_rate);
  /// The figures of a row, and what follows from them: a culprit, and at times a new choice of opponents.
  Figures read(const FigureRow& row);
  void renew_pool(const at::Tensor& results, Figures& figures);

  Config config_;
  Workers workers_;  ///< first of all: with torch's own threads untrained weights would depend on their number
  std::vector<Learner> learners_;
  Simulator simulator_;
  Opponents opponents_;
  at::Tensor pairs_of_mates_;
  at::Generator order_;
  Rollout rollout_;
  FigureReader reader_;
  std::int64_t choice_of_opponents_ = 0;
  std::string bad_tensor_;
  std::int64_t iteration_ = 0;
  std::int64_t match_steps_ = 0;
};

}  // namespace matchday
