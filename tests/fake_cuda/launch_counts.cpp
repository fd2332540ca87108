// launch_counts: what training launches on a GPU, for scripts/launch-report. Of every kind of training first a line
//   training PRESET NETWORK PRECISION POOL_SHARE T UPDATES ROWS FLOPS_OF_ROLLOUT FLOPS_OF_UPDATE
// with the steps of a rollout, those of the optimiser after it, and of a match-step the rows that are learned from and
// the floating-point operations of products; then an operator a line, by what launches it:
//   block forward|gradient policy|critic ROWS SHARED_BYTES
// of a block's tile in these passes, and
//   step|update|rest LAUNCHES BYTES PRODUCTS LOADS OPERATOR
// a step of the rollout, a step of the optimiser, or what else is in an iteration. BYTES are those that a match more
// makes it read and write in a step, or a row more in an update, or a match-step more in all the rest; PRODUCTS and
// LOADS what it makes tensor cores do (device.h). Fails if launches depend on the number of matches, or bytes do not
// grow evenly with it.
#include <ATen/ATen.h>

#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "bench/train_bench.h"
#include "policy/network_plan.h"
#include "rules/presets.h"
#include "tests/fake_cuda/device.h"
#include "train/device.h"
#include "train/ppo.h"
#include "train/reinforce.h"
#include "train/returns.h"
#include "train/trainer.h"

using namespace matchday;
using fake_cuda::Launches;

namespace {

using Counted = std::map<std::string, Launches>;  ///< by operator

/// So many that each slot of a pool has the same share of once, twice and three times as many.
constexpr std::int64_t matches = 40;

const at::Device gpu(at::kCUDA, 0);

Launches of(const Counted& counted, const std::string& name) {
  const auto found = counted.find(name);
  return found == counted.end() ? Launches{} : found->second;
}

Counted counted(const std::function<void()>& work) {
  fake_cuda::device().launched.clear();
  work();
  return fake_cuda::device().launched;
}

/// What an iteration launches, and of that its rollout and its update.
struct Iteration {
  Counted whole;
  Counted rollout;
  Counted update;
  std::int64_t rows;  ///< that are learned from
};

Iteration count(const Config& config) {
  Trainer trainer(config, gpu);
  trainer.iterate(0.0);  // what is made once is made
  Trajectory trajectory;
  const Counted rollout = counted([&] { trajectory = trainer.collect(0.0); });

  // The trainer's update once more, with what it plays, in steps of no length.
  const Advantages found = advantages(trajectory, config.train);
  const Samples samples = samples_of(trajectory, found, 0, trajectory.log_prob.size(1));
  const Network network = trainer.networks().front();
  Learner learner{network, Adam(network, {}), precision_of(config.train, gpu)};
  const at::Tensor learning_rate = at::zeros({}, at::TensorOptions(gpu));
  const Counted update = counted([&] {
    if (config.train.algorithm == Algorithm::ppo)
      ppo_update(learner, {samples}, config.train, learning_rate, {fake_cuda::default_generator()},
                 trainer.thread_pool());
    else
      reinforce_update(learner, {samples}, config.train, config.train.matches, learning_rate, trainer.thread_pool());
  });
  return {counted([&] { trainer.iterate(0.0); }), rollout, update, samples.size()};
}

void require_even_growth(const Counted& once, const Counted& twice, const Counted& thrice) {
  for (const auto& [name, last] : thrice) {
    const Launches first = of(once, name);
    const Launches second = of(twice, name);
    const double off = last.bytes - 2.0 * second.bytes + first.bytes;
    if (first.count != second.count || second.count != last.count || std::abs(off) > 1e-9 * last.bytes)
      throw std::runtime_error(name + ": its launches or bytes do not grow evenly with the matches");
  }
}

/// By what is one more: a match, a row or a match-step.
struct Work {
  double bytes = 0.0;
  double products = 0.0;
  double loads = 0.0;

  Work operator-(const Work& other) const {
    return {bytes - other.bytes, products - other.products, loads - other.loads};
  }
  Work operator/(double by) const { return {bytes / by, products / by, loads / by}; }
};

Work work_of(const Launches& launches) {
  return {launches.bytes, launches.tensor_cores.products, launches.tensor_cores.loads};
}

void print(const char* part, const std::string& name, std::int64_t launches, const Work& work) {
  if (launches != 0)
    std::printf("%s %lld %.3f %.4f %.4f %s\n", part, static_cast<long long>(launches), work.bytes, work.products,
                work.loads, name.c_str());
}

/// The same with a fifth of the steps and few minibatches, since tensor cores are slow here; launches and bytes of a
/// step stay the same.
Config shorter(Config config) {
  if (config.train.rollout_steps > 0) config.train.rollout_steps /= 5;
  if (config.train.rollout_steps == 0) config.rules.steps /= 5;
  config.train.minibatches = 2;
  return config;
}

void count_training(const Config& whole) {
  const Config config = shorter(whole);
  const std::int64_t steps = rollout_steps(config);
  const bool ppo = config.train.algorithm == Algorithm::ppo;
  const std::int64_t updates = ppo ? config.train.minibatches : 1;
  const auto changed = [&](std::int64_t batches, std::int64_t rollouts, std::int64_t updates_of_rollout) {
    Config other = config;
    other.train.matches = batches * matches;
    other.train.minibatches = updates_of_rollout * config.train.minibatches;
    if (config.train.rollout_steps > 0) other.train.rollout_steps *= rollouts;
    if (config.train.rollout_steps == 0) other.rules.steps *= static_cast<std::int32_t>(rollouts);
    return count(other);
  };
  const Iteration once = changed(1, 1, 1);
  const Iteration twice = changed(2, 1, 1);
  const Iteration thrice = changed(3, 1, 1);
  for (const auto part : {&Iteration::whole, &Iteration::rollout, &Iteration::update})
    require_even_growth(once.*part, twice.*part, thrice.*part);
  const Iteration longer = changed(1, 2, 1);
  const Iteration finer = changed(1, 1, 2);

  const Network network = make_network(config.rules, config.network, 0, at::kMeta);
  const double rollout_flops = bench::flops_of(config, network, false, false);
  const double update_flops = bench::flops_of(config, network, true, false) - rollout_flops;
  const double match_steps = static_cast<double>(matches * steps);
  const double rows = static_cast<double>(once.rows) / match_steps;
  std::printf("training %s %s %s %g %lld %lld %g %.0f %.0f\n", std::string(game_name(config.rules.game)).c_str(),
              std::string(name_of(config.network.agent)).c_str(), std::string(name_of(config.train.precision)).c_str(),
              config.train.pool_share, static_cast<long long>(rollout_steps(whole)),
              static_cast<long long>(ppo ? whole.train.minibatches : 1), rows, rollout_flops, update_flops);

  for (const bool backward : {false, true})
    if (const auto fused = fused_network(network, gpu, precision_of(config.train, gpu), backward))
      for (const auto& [part, of] : {std::pair("policy", fused->policy), {"critic", fused->critic}})
        if (of.plan.heads > 0)
          std::printf("block %s %s %d %d\n", backward ? "gradient" : "forward", part, of.layout.rows, of.layout.bytes);

  for (const auto& [name, of_iteration] : once.whole) {
    // What a match-step more makes the operator do.
    const auto work = [&, &name = name](Counted Iteration::*part) {
      return (work_of(of(twice.*part, name)) - work_of(of(once.*part, name))) / match_steps;
    };
    const std::int64_t of_step = (of(longer.rollout, name).count - of(once.rollout, name).count) / steps;
    const std::int64_t of_update =
        ppo ? (of(finer.update, name).count - of(once.update, name).count) / updates : of(once.update, name).count;
    const Work step = of_step > 0 ? work(&Iteration::rollout) : Work{};
    const Work update = of_update > 0 ? work(&Iteration::update) : Work{};
    print("step", name, of_step, step);
    print("update", name, of_update, update / rows);
    print("rest", name, of_iteration.count - steps * of_step - updates * of_update,
          work(&Iteration::whole) - step - update);
  }
}

}  // namespace

int main() {
  for (const auto& [preset, pool_share] :
       {std::pair("arena", 0.0), std::pair("arena", 0.2), std::pair("footyai-v2", 0.0)})
    for (const Precision precision : {Precision::fp32, Precision::bf16}) {
      Config config = default_config(preset);
      config.train.pool_share = pool_share;
      config.train.precision = precision;
      config.train.graphs = Graphs::off;
      count_training(config);
    }
}
