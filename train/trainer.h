// One iteration of the training loop: rollout -> returns -> update.
#pragma once

#include <ATen/core/Generator.h>
#include <c10/core/Device.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/config.h"
#include "sim/simulator.h"
#include "train/cuda_graph.h"
#include "train/learner.h"
#include "train/loss.h"
#include "train/metrics_reader.h"
#include "train/opponents.h"
#include "train/ranks.h"
#include "train/training_state.h"

namespace matchday {

/// Makes an untrained network, as make_network does.
using NetworkMaker =
    std::function<Network(const Rules& rules, const NetworkOptions& options, std::uint64_t seed, at::Device device)>;

/// Whether iterations are recorded as a graph if the device can do that. "auto" excludes networks that autograd
/// differentiates (not tested), more random numbers than a graph can draw, and graphs so long that recording them takes
/// longer than they save. Throws BadInput if "on" needs more random numbers than a graph can draw, or if there are
/// several shards.
bool records_iterations(const Config& config, const Network& network);

/// The config of one of `parts` equal parts of the batch. Throws BadInput if its matches can't be shared out evenly.
Config config_of_part(const Config& config, std::int64_t parts);

/// Owns all state that changes during training: the networks, and this rank's matches. All ranks call the functions
/// that are not const, and `state`, at the same time; their networks stay the same.
class Trainer {
 public:
  /// Makes untrained networks and starts the matches. config: that of the whole batch. Throws BadInput if its matches
  /// can't be shared out evenly.
  Trainer(const Config& config, at::Device device, const NetworkMaker& make = make_network, Ranks ranks = Ranks());
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  /// Plays a rollout and updates the networks. progress: of the run, 0 to 1; the schedules follow it. Returns the
  /// iteration's metrics; on a CUDA device, to avoid waiting for it, those of the previous iteration, and none at
  /// first.
  Metrics iterate(double progress);

  /// The last iteration's metrics if `iterate` has not returned them; else none.
  Metrics last_metrics();

  /// Only the first half of `iterate`: plays a rollout. Returns all that it stores of this rank's first shard.
  const Trajectory& collect(double progress);

  /// The networks as they are now: the trainer's own, not copies.
  Networks networks() const;

  /// All state to resume the run from, that of all ranks. Its networks are the trainer's own, not copies.
  TrainingState state() const;

  /// Restores the state of a run of the same rules, networks and training options. On a CPU the run then continues with
  /// the same bits as if it had never ended. Throws BadInput, naming `where`, if it is not such a state; then
  /// nothing has changed.
  void restore(const TrainingState& saved, const std::string& where);

  const Config& config() const { return config_; }
  const Ranks& ranks() const { return ranks_; }
  const Opponents& opponents() const { return opponents_; }
  /// The parameter whose gradient was last found not to be finite, or "".
  const std::string& bad_tensor() const { return bad_tensor_; }
  /// The recording of iterations.
  const CudaGraph& work() const { return work_; }
  /// The threads that train, for other work between iterations.
  ThreadPool& thread_pool() { return thread_pool_; }
  std::int64_t iteration() const { return iteration_; }
  std::int64_t match_steps() const { return match_steps_; }

 private:
  /// The weights and rates that change from iteration to iteration.
  struct Schedule {
    double shaping = 1.0;  ///< weight of the shaping rewards
    double learning_rate = 0.0;
    double teacher_weight = 0.0;  ///< 0: no teacher
  };

  /// A part of the batch.
  struct Shard {
    Shard(Simulator matches, at::Generator generator, Trainer& trainer, const RolloutOptions& options)
        : simulator(std::move(matches)),
          order(std::move(generator)),
          rollout(simulator, trainer.opponents_, trainer.thread_pool_, trainer.config_.network, options) {}

    Simulator simulator;  ///< of its matches, a part of the rank's
    at::Generator order;  ///< of its samples
    Rollout rollout;
  };

  std::vector<std::unique_ptr<Shard>> make_shards();
  /// Starts whole matches, counts match-steps, and writes this iteration's schedule to the device.
  void begin(double progress);
  /// The device's part of an iteration. Sets its metrics: numbers_ and names_.
  void learn();
  /// Plays a rollout of every shard of this rank.
  std::vector<const Trajectory*> play_rollouts();
  UpdateMetrics update(const std::vector<const Trajectory*>& trajectories, const std::vector<Advantages>& advantages);
  /// Returns a row's metrics and acts on them: sets bad_tensor_, and renews the pool if that is due.
  /// Restores the generators of the samples' order. Throws BadInput, naming `where`; then nothing has changed.
  void restore_orders(const TrainingState& saved, const std::string& where);
  Metrics read(const MetricsRow& row);
  void renew_pool(const at::Tensor& results, Metrics& metrics);

  Config config_;
  Ranks ranks_;
  ThreadPool thread_pool_;  ///< the first: with torch's own threads untrained weights would depend on their number
  std::vector<Learner> learners_;
  Simulator simulator_;  ///< this rank's matches
  Opponents opponents_;  ///< in every shard, in the same places
  at::Tensor pairs_of_mates_;
  std::vector<std::unique_ptr<Shard>> shards_;
  MetricsReader reader_;
  CudaGraph work_;
  Schedule schedule_;
  at::Tensor shaping_;  ///< float32 [], as are the next two: the schedule on the device
  at::Tensor learning_rate_;
  at::Tensor teacher_weight_;
  std::vector<std::string> names_;  ///< of the numbers that are logged
  at::Tensor numbers_;              ///< float32 [n]: the logged numbers, then others
  std::int64_t choice_of_opponents_ = 0;
  std::string bad_tensor_;
  std::int64_t iteration_ = 0;
  std::int64_t match_steps_ = 0;
};

}  // namespace matchday
