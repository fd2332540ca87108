// The training loop's one turn: rollout -> returns -> update.
#pragma once

#include <ATen/core/Generator.h>
#include <c10/core/Device.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sim/simulator.h"
#include "train/captured_work.h"
#include "train/checkpoint.h"
#include "train/config.h"
#include "train/figure_reader.h"
#include "train/opponents.h"
#include "train/training_state.h"
#include "train/update.h"

namespace matchday {

/// Makes an untrained network, as make_network does.
using NetworkMaker =
    std::function<Network(const Rules& rules, const NetworkOptions& options, std::uint64_t seed, at::Device device)>;

/// Whether iterations are recorded as a graph where the device can do that: "auto" leaves out networks that torch
/// differentiates, which were not tried, more random numbers than a graph can draw, and graphs so long that recording
/// them takes longer than they save. Throws BadInput if "on" asks for more random numbers than a graph can draw.
bool records_iterations(const Config& config, const Network& network);

/// Owns all that changes while a team learns.
class Trainer {
 public:
  /// Makes untrained networks and starts the matches.
  Trainer(const Config& config, at::Device device, const NetworkMaker& make = make_network);
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

  /// The networks as they are now: the trainer's own, not copies.
  Networks networks() const;

  /// The team as it is now, and all that the run needs to go on. Its networks are the trainer's own, not copies.
  Checkpoint checkpoint() const;

  /// Goes on where a run of the same rules, networks and training was: on a CPU with the same bits, as if it had never
  /// ended. Throws BadInput, naming `where`, if the checkpoint does not hold the state of such a run; then nothing has
  /// changed.
  void restore(const Checkpoint& checkpoint, const std::string& where);

  const Opponents& opponents() const { return opponents_; }
  /// The parameter whose gradient was last found not to be finite, or nothing.
  const std::string& bad_tensor() const { return bad_tensor_; }
  /// How iterations are recorded.
  const CapturedWork& work() const { return work_; }
  /// The threads that train, for other work between iterations.
  Workers& workers() { return workers_; }
  std::int64_t iteration() const { return iteration_; }
  std::int64_t match_steps() const { return match_steps_; }

 private:
  /// What changes from iteration to iteration.
  struct Schedule {
    double shaping = 1.0;  ///< weight of the shaping rewards
    double learning_rate = 0.0;
    double teacher_weight = 0.0;  ///< 0: nobody teaches
  };

  TrainingState state() const;
  /// Starts whole matches, counts them, and tells the device this iteration's schedule.
  void begin(double progress);
  /// The device's part of an iteration: sets the numbers that are told of it, and their names.
  void learn();
  const Trajectory& play_rollout();
  UpdateFigures update(const Trajectory& trajectory, const Advantages& advantages);
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
  CapturedWork work_;
  Schedule schedule_;
  at::Tensor shaping_;  ///< float32 [], and so the next two: the schedule on the device
  at::Tensor learning_rate_;
  at::Tensor teacher_weight_;
  std::vector<std::string> names_;  ///< of the numbers that are logged
  at::Tensor numbers_;              ///< float32 [n], with others behind those
  std::int64_t choice_of_opponents_ = 0;
  std::string bad_tensor_;
  std::int64_t iteration_ = 0;
  std::int64_t match_steps_ = 0;
};

}  // namespace matchday
