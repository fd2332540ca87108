#include "train/trainer.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/minibatches.h"
#include "evaluate/match_statistics.h"
#include "policy/bots.h"
#include "train/device.h"
#include "train/memory.h"
#include "train/ppo.h"
#include "train/reinforce.h"
#include "train/returns.h"

namespace matchday {
namespace {

/// Independent teams start from seeds that differ by this (xor), and the orders of neighbouring shards' samples from
/// seeds that differ by this (sum).
constexpr std::uint64_t seed_distance = 0x9E3779B97F4A7C15;

std::vector<Learner> make_learners(const Config& config, at::Device device, const NetworkMaker& make) {
  const TrainOptions& train = config.train;
  const AdamOptions adam{.epsilon = train.adam_epsilon, .gradient_norm = train.gradient_norm};
  const auto seed = static_cast<std::uint64_t>(train.seed);
  std::vector<Learner> learners;
  for (const std::uint64_t difference : {std::uint64_t{0}, seed_distance}) {
    const Network network = make(config.rules, config.network, seed ^ difference, device);
    learners.push_back({network, Adam(network, adam), precision_of(train, device)});
    if (train.teams == Teams::shared) break;
  }
  return learners;
}

/// A torch generator for the order of samples.
at::Generator make_generator(at::Device device, std::uint64_t seed) {
  at::Generator generator = at::globalContext().defaultGenerator(device).clone();
  generator.set_current_seed(seed);
  return generator;
}

/// Weight of the shaping rewards in this iteration.
double shaping_weight(const TrainOptions& options, std::int64_t iteration, double progress) {
  double faded = 0.0;
  if (options.shaping_anneal > 0.0) faded = progress / options.shaping_anneal;
  if (options.shaping_iterations > 0)
    faded = static_cast<double>(iteration) / static_cast<double>(options.shaping_iterations);
  return std::max(0.0, 1.0 - faded);
}

double scheduled_learning_rate(const TrainOptions& options, double progress) {
  return options.learning_rate * (1.0 - std::clamp(progress, 0.0, 1.0) * (1.0 - options.learning_rate_end));
}

/// Weight of the distance from the teacher.
double teacher_weight(const TrainOptions& options, double progress) {
  if (options.teacher == "none") return 0.0;
  const double at_first =
      progress < options.teacher_until ? options.teacher_weight * (1.0 - progress / options.teacher_until) : 0.0;
  return std::max(at_first, options.teacher_rest);
}

/// Makes matches end at different times, so that a rollout shorter than a match holds all its phases. Multiples of the
/// golden ratio spread any number of neighbouring matches, which have the same opponent, evenly over a match. shard:
/// the simulator's; the phases go on from shard to shard.
void stagger(Simulator& simulator, const Range& range, std::int64_t shard) {
  constexpr double golden_ratio = 0.6180339887498949;
  MatchState state = clone(simulator.state());
  const std::int64_t first = shard * range.count;
  const at::Tensor phase =
      (at::arange(first, first + range.count, state.clock.options().dtype(at::kDouble)) * golden_ratio).frac();
  state.clock.narrow(0, range.first, range.count).copy_(phase * simulator.rules().steps);
  simulator.set_state(state);
}

/// Concatenates all ranks' matches, the last dimension.
at::Tensor gathered_matches(const Ranks& ranks, const at::Tensor& own) {
  return ranks.size() == 1 ? own : ranks.gathered(own.movedim(-1, 0)).movedim(0, -1).contiguous();
}

/// Adds up what the ranks counted, exact in any order.
at::Tensor sum_over_ranks(const Ranks& ranks, const at::Tensor& count) {
  return ranks.size() == 1 ? count : ranks.gathered(count.unsqueeze(0)).sum(0, false, count.scalar_type());
}

RolloutOptions rollout_options(const Config& config, at::Device device) {
  return {.steps = rollout_steps(config),
          .independent_teams = config.train.teams == Teams::independent,
          .hidden = kept_activations(config, device),
          .predict_values = needs_critic(config.train),
          .autoreset = config.train.rollout_steps > 0,
          .precision = precision_of(config.train, device),
          .teacher = config.train.teacher == "none" ? Bot::nobody : find_bot(config.train.teacher)};
}

}  // namespace

Config config_of_part(const Config& config, std::int64_t parts) {
  if (config.train.matches % parts != 0)
    throw BadInput(
        fmt::format("matches is {}, which can't be shared out evenly to {} shards", config.train.matches, parts));
  Config part = config;
  part.train.matches /= parts;
  return part;
}

bool records_iterations(const Config& config, const Network& network) {
  const TrainOptions& train = config.train;
  if (train.graphs == Graphs::off) return false;
  const std::int64_t decisions =
      2 * network_shape(config.rules, config.network).rows * rollout_steps(config) * train.matches;
  const bool ppo = train.algorithm == Algorithm::ppo;
  const double drawn = ppo ? static_cast<double>(train.epochs) * static_cast<double>(decisions) : 0.0;
  if (train.shards > 1 && train.graphs == Graphs::on)
    throw BadInput(
        fmt::format("graphs is on, but that was not tried with several shards, and there are {}; it must be "
                    "auto or off",
                    train.shards));
  if (train.shards > 1) return false;
  constexpr double most_drawn = 4294967295.0;  // torch counts a graph's draws from a generator in 32 bits
  if (train.graphs == Graphs::on) {
    if (drawn <= most_drawn) return true;
    throw BadInput(
        fmt::format("graphs is on, but the order of samples in {} epochs takes {:.3g} random numbers an iteration; a "
                    "recorded graph can draw {:.10g}: fewer epochs or matches, or graphs = \"off\"",
                    train.epochs, drawn, most_drawn));
  }
  // Steps of rollout and optimiser: each takes at most a few hundred launches, and each launch a few kB of the graph.
  const std::int64_t steps = rollout_steps(config) + (ppo ? train.epochs * minibatches_of(train, decisions).count : 1);
  constexpr std::int64_t most_steps = 2000;
  return !network.forward && drawn <= most_drawn && steps <= most_steps;
}

Trainer::Trainer(const Config& config, at::Device device, const NetworkMaker& make, Ranks ranks)
    : config_(config),
      ranks_(std::move(ranks)),
      thread_pool_(threads_of(config.train, device)),
      learners_(make_learners(config, device, make)),
      simulator_(config.rules, {.matches = config.train.matches / ranks_.size(),
                                .seed = static_cast<std::uint64_t>(config.train.seed),
                                .first_match = config.train.matches / ranks_.size() * ranks_.rank(),
                                .device = device}),
      opponents_(config_of_part(config, ranks_.shards()).train, learners_[0].network,
                 static_cast<std::uint64_t>(config.train.seed)),
      pairs_of_mates_(pairs_of_mates(config.rules, device)),
      shards_(make_shards()),
      reader_(device.is_cuda()),
      work_(ranks_.shards() == 1 && records_iterations(config, learners_[0].network), device, shards_[0]->order),
      shaping_(at::ones({}, at::TensorOptions(device).dtype(at::kFloat))),
      learning_rate_(at::zeros_like(shaping_)),
      teacher_weight_(at::zeros_like(shaping_)) {
  if (config.train.rollout_steps == 0) return;
  for (std::size_t k = 0; k < shards_.size(); ++k)
    stagger(shards_[k]->simulator, {0, shards_[k]->simulator.matches()},
            ranks_.first_shard() + static_cast<std::int64_t>(k));
}

std::vector<std::unique_ptr<Trainer::Shard>> Trainer::make_shards() {
  const at::Device device = simulator_.device();
  const std::int64_t matches = config_.train.matches / ranks_.shards();
  const RolloutOptions options = rollout_options(config_of_part(config_, ranks_.size()), device);
  std::vector<std::unique_ptr<Shard>> shards;
  for (std::int64_t k = 0; k < ranks_.own_shards(); ++k) {
    const auto shard = static_cast<std::uint64_t>(ranks_.first_shard() + k);
    const std::uint64_t seed = static_cast<std::uint64_t>(config_.train.seed) + shard * seed_distance;
    shards.push_back(
        std::make_unique<Shard>(simulator_.part(k * matches, matches), make_generator(device, seed), *this, options));
  }
  return shards;
}

void Trainer::begin(double progress) {
  const bool whole_matches = config_.train.rollout_steps == 0;
  if (whole_matches && match_steps_ > 0) simulator_.reset();
  match_steps_ += config_.train.matches * rollout_steps(config_);
  const bool was_taught = schedule_.teacher_weight > 0.0;
  schedule_ = {shaping_weight(config_.train, iteration_, progress), scheduled_learning_rate(config_.train, progress),
               teacher_weight(config_.train, progress)};
  shaping_.fill_(schedule_.shaping);
  learning_rate_.fill_(schedule_.learning_rate);
  teacher_weight_.fill_(schedule_.teacher_weight);
  if (was_taught && schedule_.teacher_weight == 0.0) work_.forget();  // the recorded graph includes the teacher
}

const Trajectory& Trainer::collect(double progress) {
  begin(progress);
  return *play_rollouts().front();
}

std::vector<const Trajectory*> Trainer::play_rollouts() {
  const at::Tensor teacher_weight = schedule_.teacher_weight > 0.0 ? teacher_weight_ : at::Tensor();
  std::vector<const Trajectory*> trajectories;
  for (const auto& shard : shards_)
    trajectories.push_back(&shard->rollout.collect(networks(), shaping_, teacher_weight));
  return trajectories;
}

Metrics Trainer::iterate(double progress) {
  begin(progress);
  work_.run([this] { learn(); });
  ++iteration_;
  const std::optional<MetricsRow> ready = reader_.exchange({{{"iteration", static_cast<double>(iteration_)},
                                                             {"match_steps", static_cast<double>(match_steps_)},
                                                             {"learning_rate", schedule_.learning_rate},
                                                             {"shaping", schedule_.shaping}},
                                                            names_,
                                                            numbers_,
                                                            choice_of_opponents_});
  return ready ? read(*ready) : Metrics{};
}

void Trainer::learn() {
  // 1. Rollout: whole matches, or the next steps of those under way.
  const std::vector<const Trajectory*> trajectories = play_rollouts();

  // 2. Advantages of the decisions, and 3. the update.
  const std::vector<Advantages> found = advantages(trajectories, config_.train, ranks_);
  UpdateMetrics metrics = update(trajectories, found);

  // 4. The iteration's metrics.
  if (found[0].explained_variance.defined()) metrics.push_back({"explained_variance", found[0].explained_variance});
  std::vector<at::Tensor> of_shards;
  for (std::size_t k = 0; k < shards_.size(); ++k)
    of_shards.push_back(at::stack({trajectories[k]->goals.to(at::kFloat), trajectories[k]->reward.sum(),
                                   distance_between_mates(pairs_of_mates_, shards_[k]->simulator.state()).mean()}));
  const at::Tensor sums = ranks_.sum(of_shards);
  const double matches_played =
      static_cast<double>(config_.train.matches * rollout_steps(config_)) / config_.rules.steps;
  metrics.push_back({"goals_per_match", sums[0] / matches_played});
  metrics.push_back({"return_per_match", sums[1] / matches_played});
  metrics.push_back({"distance_between_mates", sums[2] / static_cast<double>(ranks_.shards())});
  metrics.push_back({"bad_actions", sum_over_ranks(ranks_, simulator_.nonfinite_actions())});
  names_.clear();
  std::vector<at::Tensor> numbers;
  for (const NamedTensor& named : metrics) {
    names_.push_back(named.name);
    numbers.push_back(named.tensor.to(at::kFloat).view({1}));
  }
  for (const Learner& learner : learners_)
    for (const at::Tensor& number : {learner.adam.skipped(), learner.adam.culprit().to(at::kFloat)})
      numbers.push_back(number.view({1}));
  if (opponents_.pool_matches().count > 0) numbers.push_back(sum_over_ranks(ranks_, opponents_.results()).flatten());
  numbers_ = at::cat(numbers);
}

Metrics Trainer::last_metrics() {
  const std::optional<MetricsRow> row = reader_.last();
  return row ? read(*row) : Metrics{};
}

Metrics Trainer::read(const MetricsRow& row) {
  Metrics metrics = row.known;
  const auto* number = row.numbers.const_data_ptr<float>();
  for (const std::string& name : row.names) metrics.emplace_back(name, *number++);
  double skipped = 0.0;
  for (const Learner& learner : learners_) {
    skipped += *number++;
    if (const auto culprit = static_cast<std::int64_t>(*number++); culprit >= 0)
      bad_tensor_ = parameter_at(learner.network, culprit).name;
  }
  metrics.emplace_back("skipped_updates", skipped);
  if (opponents_.pool_matches().count > 0) {
    const std::int64_t read = number - row.numbers.const_data_ptr<float>();
    at::Tensor results = row.numbers.narrow(0, read, row.numbers.numel() - read).view({-1, 3});
    if (row.opponents != choice_of_opponents_) results = at::zeros_like(results);  // against former opponents
    renew_pool(results, metrics);
  }
  return metrics;
}

void Trainer::renew_pool(const at::Tensor& results, Metrics& metrics) {
  const double played = results.sum().item<double>();
  metrics.emplace_back("points_from_pool", played > 0.0 ? points(results).sum().item<double>() / played : 0.5);
  if (opponents_.renew(learners_[0].network, iteration_, results)) {
    ++choice_of_opponents_;
    work_.forget();
    if (config_.train.rollout_steps > 0) {
      // Pool matches are restarted, so that all counted results are against the new opponents.
      const Range range = opponents_.pool_matches();
      for (std::size_t k = 0; k < shards_.size(); ++k) {
        Simulator& simulator = shards_[k]->simulator;
        at::Tensor mask = at::zeros({simulator.matches()}, at::TensorOptions(simulator.device()).dtype(at::kBool));
        mask.narrow(0, range.first, range.count).fill_(true);
        simulator.reset(mask);
        stagger(simulator, range, ranks_.first_shard() + static_cast<std::int64_t>(k));
      }
    }
  }
  metrics.emplace_back("pool", static_cast<double>(opponents_.pool().size()));
}

Networks Trainer::networks() const {
  Networks all;
  for (const Learner& learner : learners_) all.push_back(learner.network);
  return all;
}

UpdateMetrics Trainer::update(const std::vector<const Trajectory*>& trajectories,
                              const std::vector<Advantages>& advantages) {
  const TrainOptions& options = config_.train;
  const std::int64_t sides = trajectories[0]->log_prob.size(1) / static_cast<std::int64_t>(learners_.size());
  std::vector<at::Generator> orders;
  for (const auto& shard : shards_) orders.push_back(shard->order);
  UpdateMetrics all;
  for (std::size_t k = 0; k < learners_.size(); ++k) {
    std::vector<Samples> samples;
    for (std::size_t shard = 0; shard < shards_.size(); ++shard)
      samples.push_back(
          samples_of(*trajectories[shard], advantages[shard], static_cast<std::int64_t>(k) * sides, sides));
    const UpdateMetrics own =
        options.algorithm == Algorithm::ppo
            ? ppo_update(learners_[k], samples, options, learning_rate_, orders, thread_pool_, ranks_)
            : reinforce_update(learners_[k], samples, options, options.matches, learning_rate_, thread_pool_, ranks_);
    if (k == 0) all = own;
    for (std::size_t f = 0; k > 0 && f < own.size(); ++f) all[f].tensor = (all[f].tensor + own[f].tensor) * 0.5;
  }
  return all;
}

TrainingState Trainer::state() const {
  std::vector<AdamState> optimisers;
  for (const Learner& learner : learners_) optimisers.push_back(learner.adam.state());
  PoolState pool = opponents_.state();
  if (pool.results.defined()) pool.results = sum_over_ranks(ranks_, opponents_.results()).cpu();
  const MatchState& own = simulator_.state();
  const auto of_all = [&](const at::Tensor& numbers) { return gathered_matches(ranks_, numbers); };
  std::vector<at::Tensor> orders;
  for (const auto& shard : shards_) orders.push_back(shard->order.get_state());
  return {iteration_,
          match_steps_,
          networks(),
          optimisers,
          pool,
          {of_all(own.bodies), of_all(own.score), of_all(own.clock), of_all(own.episode), of_all(own.potential)},
          sum_over_ranks(ranks_, simulator_.nonfinite_actions()),
          ranks_.gathered(at::cat(orders))};
}

void Trainer::restore(const TrainingState& saved, const std::string& where) {
  const at::NoGradGuard no_gradient;
  if (saved.networks.size() != learners_.size())
    throw BadInput(
        fmt::format("{}: it has {} network(s), this run has {}", where, saved.networks.size(), learners_.size()));
  for (std::size_t k = 0; k < learners_.size(); ++k)
    if (saved.networks[k].flat.numel() != learners_[k].network.flat.numel())
      throw BadInput(fmt::format("{}: its networks have another number of weights than this run's", where));
  restore_orders(saved, where);

  for (std::size_t k = 0; k < learners_.size(); ++k) {
    learners_[k].network.flat.copy_(saved.networks[k].flat);
    learners_[k].adam.restore(saved.optimisers[k]);
  }
  // What is summed over the ranks is counted on by rank 0.
  PoolState pool = saved.pool;
  if (pool.results.defined() && !ranks_.leads()) pool.results = at::zeros_like(pool.results);
  opponents_.restore(pool);
  simulator_.nonfinite_actions().copy_(ranks_.leads() ? saved.nonfinite_actions
                                                      : at::zeros_like(saved.nonfinite_actions));
  const auto own = [&](const at::Tensor& of_all) {
    const std::int64_t matches = simulator_.matches();
    return of_all.narrow(-1, ranks_.rank() * matches, matches).contiguous().to(simulator_.device());
  };
  simulator_.set_state({own(saved.matches.bodies), own(saved.matches.score), own(saved.matches.clock),
                        own(saved.matches.episode), own(saved.matches.potential)});
  iteration_ = saved.iteration;
  match_steps_ = saved.match_steps;
  reader_.last();  // discards metrics from before the restore
  work_.forget();
}

void Trainer::restore_orders(const TrainingState& saved, const std::string& where) {
  const std::int64_t size = shards_[0]->order.get_state().numel();
  const bool same_kind = saved.order.numel() == size * ranks_.shards();  // else saved on another kind of device
  std::vector<at::Generator> orders;
  for (std::int64_t k = 0; k < ranks_.own_shards(); ++k) {
    const std::int64_t shard = ranks_.first_shard() + k;
    at::Generator order = shards_[0]->order.clone();
    try {
      if (same_kind) order.set_state(saved.order.narrow(0, shard * size, size).clone());
    } catch (const c10::Error&) {
      throw BadInput(fmt::format("{}: order is no state of a generator", where));
    }
    if (!same_kind)
      order.set_current_seed(static_cast<std::uint64_t>(config_.train.seed + saved.iteration) +
                             static_cast<std::uint64_t>(shard) * seed_distance);
    orders.push_back(order);
  }
  for (std::size_t k = 0; k < orders.size(); ++k) shards_[k]->order.set_state(orders[k].get_state());
}

}  // namespace matchday
