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

/// Independent teams start from seeds that differ by this (xor).
constexpr std::uint64_t seed_of_team_b = 0x9E3779B97F4A7C15;

std::vector<Learner> make_learners(const Config& config, at::Device device, const NetworkMaker& make) {
  const TrainOptions& train = config.train;
  const AdamOptions adam{.epsilon = train.adam_epsilon, .gradient_norm = train.gradient_norm};
  const auto seed = static_cast<std::uint64_t>(train.seed);
  std::vector<Learner> learners;
  for (const std::uint64_t difference : {std::uint64_t{0}, seed_of_team_b}) {
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
/// golden ratio spread any number of neighbouring matches, which have the same opponent, evenly over a match.
void stagger(Simulator& simulator, const Range& range) {
  constexpr double golden_ratio = 0.6180339887498949;
  MatchState state = clone(simulator.state());
  const at::Tensor phase = (at::arange(range.count, state.clock.options().dtype(at::kDouble)) * golden_ratio).frac();
  state.clock.narrow(0, range.first, range.count).copy_(phase * simulator.rules().steps);
  simulator.set_state(state);
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

bool records_iterations(const Config& config, const Network& network) {
  const TrainOptions& train = config.train;
  if (train.graphs == Graphs::off) return false;
  const std::int64_t decisions =
      2 * network_shape(config.rules, config.network).rows * rollout_steps(config) * train.matches;
  const bool ppo = train.algorithm == Algorithm::ppo;
  const double drawn = ppo ? static_cast<double>(train.epochs) * static_cast<double>(decisions) : 0.0;
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

Trainer::Trainer(const Config& config, at::Device device, const NetworkMaker& make)
    : config_(config),
      thread_pool_(threads_of(config.train, device)),
      learners_(make_learners(config, device, make)),
      simulator_(
          config.rules,
          {.matches = config.train.matches, .seed = static_cast<std::uint64_t>(config.train.seed), .device = device}),
      opponents_(config.train, learners_[0].network, static_cast<std::uint64_t>(config.train.seed)),
      pairs_of_mates_(pairs_of_mates(config.rules, device)),
      order_(make_generator(device, static_cast<std::uint64_t>(config.train.seed))),
      rollout_(simulator_, opponents_, thread_pool_, config.network, rollout_options(config, device)),
      reader_(device.is_cuda()),
      work_(records_iterations(config, learners_[0].network), device, order_),
      shaping_(at::ones({}, at::TensorOptions(device).dtype(at::kFloat))),
      learning_rate_(at::zeros_like(shaping_)),
      teacher_weight_(at::zeros_like(shaping_)) {
  if (config.train.rollout_steps > 0) stagger(simulator_, {0, config.train.matches});
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
  return play_rollout();
}

const Trajectory& Trainer::play_rollout() {
  return rollout_.collect(networks(), shaping_, schedule_.teacher_weight > 0.0 ? teacher_weight_ : at::Tensor());
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
  const Trajectory& trajectory = play_rollout();

  // 2. Advantages of the decisions, and 3. the update.
  const Advantages found = advantages(trajectory, config_.train);
  UpdateMetrics metrics = update(trajectory, found);

  // 4. The iteration's metrics.
  if (found.explained_variance.defined()) metrics.push_back({"explained_variance", found.explained_variance});
  const double matches_played =
      static_cast<double>(config_.train.matches * rollout_steps(config_)) / config_.rules.steps;
  metrics.push_back({"goals_per_match", trajectory.goals / matches_played});
  metrics.push_back({"return_per_match", trajectory.reward.sum() / matches_played});
  metrics.push_back({"distance_between_mates", distance_between_mates(pairs_of_mates_, simulator_.state()).mean()});
  metrics.push_back({"bad_actions", simulator_.nonfinite_actions()});
  names_.clear();
  std::vector<at::Tensor> numbers;
  for (const NamedTensor& named : metrics) {
    names_.push_back(named.name);
    numbers.push_back(named.tensor.to(at::kFloat).view({1}));
  }
  for (const Learner& learner : learners_)
    for (const at::Tensor& number : {learner.adam.skipped(), learner.adam.culprit().to(at::kFloat)})
      numbers.push_back(number.view({1}));
  if (opponents_.pool_matches().count > 0) numbers.push_back(opponents_.results().flatten());
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
      at::Tensor mask = at::zeros({simulator_.matches()}, at::TensorOptions(simulator_.device()).dtype(at::kBool));
      mask.narrow(0, range.first, range.count).fill_(true);
      simulator_.reset(mask);
      stagger(simulator_, range);
    }
  }
  metrics.emplace_back("pool", static_cast<double>(opponents_.pool().size()));
}

Networks Trainer::networks() const {
  Networks all;
  for (const Learner& learner : learners_) all.push_back(learner.network);
  return all;
}

UpdateMetrics Trainer::update(const Trajectory& trajectory, const Advantages& advantages) {
  const TrainOptions& options = config_.train;
  const std::int64_t sides = trajectory.log_prob.size(1) / static_cast<std::int64_t>(learners_.size());
  UpdateMetrics all;
  for (std::size_t k = 0; k < learners_.size(); ++k) {
    const Samples samples = samples_of(trajectory, advantages, static_cast<std::int64_t>(k) * sides, sides);
    const UpdateMetrics own =
        options.algorithm == Algorithm::ppo
            ? ppo_update(learners_[k], samples, options, learning_rate_, order_, thread_pool_)
            : reinforce_update(learners_[k], samples, options, options.matches, learning_rate_, thread_pool_);
    if (k == 0) all = own;
    for (std::size_t f = 0; k > 0 && f < own.size(); ++f) all[f].tensor = (all[f].tensor + own[f].tensor) * 0.5;
  }
  return all;
}

TrainingState Trainer::state() const {
  std::vector<AdamState> optimisers;
  for (const Learner& learner : learners_) optimisers.push_back(learner.adam.state());
  return {iteration_,
          match_steps_,
          networks(),
          optimisers,
          opponents_.state(),
          simulator_.state(),
          simulator_.nonfinite_actions(),
          order_.get_state()};
}

void Trainer::restore(const TrainingState& saved, const std::string& where) {
  const at::NoGradGuard no_gradient;
  if (saved.networks.size() != learners_.size())
    throw BadInput(
        fmt::format("{}: it has {} network(s), this run has {}", where, saved.networks.size(), learners_.size()));
  const bool same_order = saved.order.sizes() == order_.get_state().sizes();  // else saved on another kind of device
  at::Generator order = order_.clone();
  try {
    if (same_order) order.set_state(saved.order);
  } catch (const c10::Error&) {
    throw BadInput(fmt::format("{}: order is no state of a generator", where));
  }
  for (std::size_t k = 0; k < learners_.size(); ++k)
    if (saved.networks[k].flat.numel() != learners_[k].network.flat.numel())
      throw BadInput(fmt::format("{}: its networks have another number of weights than this run's", where));

  for (std::size_t k = 0; k < learners_.size(); ++k) {
    learners_[k].network.flat.copy_(saved.networks[k].flat);
    learners_[k].adam.restore(saved.optimisers[k]);
  }
  opponents_.restore(saved.pool);
  const auto here = [&](const at::Tensor& tensor) { return tensor.to(simulator_.device()); };
  simulator_.set_state({here(saved.matches.bodies), here(saved.matches.score), here(saved.matches.clock),
                        here(saved.matches.episode), here(saved.matches.potential)});
  simulator_.nonfinite_actions().copy_(saved.nonfinite_actions);
  if (same_order)
    order_.set_state(saved.order);
  else
    order_.set_current_seed(static_cast<std::uint64_t>(config_.train.seed + saved.iteration));
  iteration_ = saved.iteration;
  match_steps_ = saved.match_steps;
  reader_.last();  // discards metrics from before the restore
  work_.forget();
}

}  // namespace matchday
