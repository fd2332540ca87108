#include "bench/sim_bench.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "bench/clock.h"
#include "bench/machine.h"
#include "bench/random_play.h"
#include "bench/work.h"
#include "kernels/cpu/kernels.h"
#include "policy/bots.h"
#include "sim/reference_states.h"
#include "verify/equivalence.h"

namespace matchday::bench {
namespace {

/// The matches that are measured; they are reset at full time.
class Contest {
 public:
  explicit Contest(const SimBenchOptions& options)
      : options_(options),
        simulator_(options.rules, {.matches = options.matches,
                                   .seed = 1,
                                   .device = options.device,
                                   .backend = options.backend == "tensor" ? BackendKind::tensor : BackendKind::native}),
        random_(simulator_),
        shaping_(at::ones({}, at::TensorOptions(options.device))) {
    const at::TensorOptions numbers(options.device);
    result_ = {at::empty({options.matches}, numbers), at::empty({options.matches}, numbers.dtype(at::kBool)),
               simulator_.observe()};
  }

  /// Seconds that the simulator takes for some steps. Making the actions is not measured.
  double run(std::int64_t steps) {
    double seconds = 0.0;
    double start = now();
    const Policy chaser = make_bot("chaser");
    for (std::int64_t t = 0; t < steps; ++t) {
      at::Tensor action;
      if (options_.play == Play::chasing) {
        action = act(chaser, chaser, simulator_);
        finish(options_.device);
        start = now();
      } else {
        action = random_.action(clock_);
      }
      simulator_.step(action, shaping_, result_);
      if (++clock_ % options_.rules.steps == 0) simulator_.reset();
      if (options_.play == Play::chasing) {
        finish(options_.device);
        seconds += now() - start;
      }
    }
    finish(options_.device);
    return options_.play == Play::chasing ? seconds : now() - start;
  }

 private:
  SimBenchOptions options_;
  Simulator simulator_;
  RandomPlay random_;
  at::Tensor shaping_;
  StepResult result_;
  std::int64_t clock_ = 0;
};

/// Seconds of one step of all matches: the best of several runs of whole matches; if not even one match fits into the
/// time, the mean of all runs, since the parts of a match differ.
double seconds_per_step(const SimBenchOptions& options) {
  constexpr std::int64_t warm_up = 3;
  Contest contest(options);
  contest.run(warm_up);
  const double step = contest.run(warm_up) / warm_up;
  const std::int64_t match = options.rules.steps;
  std::int64_t steps = std::max<std::int64_t>(static_cast<std::int64_t>(options.seconds / step), 1);
  if (steps > match) steps -= steps % match;
  double best = 1e30;
  double sum = 0.0;
  for (int run = 0; run < runs; ++run) {
    const double seconds = contest.run(steps) / static_cast<double>(steps);
    best = std::min(best, seconds);
    sum += seconds;
  }
  return steps < match ? sum / runs : best;
}

/// The same for the reference core, one match after the other.
double reference_seconds_per_step(const SimBenchOptions& options) {
  const Rules& rules = options.rules;
  double best = 1e30;
  for (int run = 0; run < runs; ++run) {
    reference::GameState game = reference::start(rules, {1, static_cast<std::uint32_t>(run)});
    double seconds = 0.0;
    for (int t = 0; t < rules.steps; ++t) {
      const reference::Actions actions = mixed_actions(rules, game, t);
      const double start = now();
      game = reference::step(rules, game, actions).state;
      for (const reference::Team team : {reference::team_a, reference::team_b}) reference::observe(rules, game, team);
      seconds += now() - start;
    }
    best = std::min(best, seconds / rules.steps);
  }
  return best * static_cast<double>(options.matches);
}

}  // namespace

SimBenchResult bench_simulation(const SimBenchOptions& options) {
  const bool reference = options.backend == "reference";
  at::set_num_threads(options.threads);
  const BackendKind backend = options.backend == "tensor" ? BackendKind::tensor : BackendKind::native;
  const EquivalenceReport report =
      check_equivalence(options.rules, {.matches = 67, .seed = 1, .device = options.device, .backends = {backend}});
  if (report.mismatch)
    throw std::runtime_error(fmt::format("the {} backend differs from the reference core at step {} in {}; see check",
                                         options.backend, report.mismatch->step, report.mismatch->field));

  const StepWork work = work_of_step(options.rules);
  const auto matches = static_cast<double>(options.matches);
  const MachinePeak peak =
      machine_peak(options.device, options.threads, static_cast<std::int64_t>(work.bytes * matches));
  const std::pair<double, const char*> limits[] = {{peak.bytes_per_second / work.bytes, "bytes"},
                                                   {peak.simple_per_second / work.simple, "arithmetic"},
                                                   {peak.division_per_second / work.divisions, "divisions"}};
  const auto& [bound, bound_by] = *std::min_element(std::begin(limits), std::end(limits));
  const double seconds = reference ? reference_seconds_per_step(options) : seconds_per_step(options);
  const std::string instructions = reference                        ? "scalar"
                                   : backend == BackendKind::tensor ? "aten"
                                   : options.device.is_cuda()       ? "cuda"
                                                              : std::string(kernels::cpu_kernels().instruction_set);
  return {instructions, matches / seconds, bound, bound_by, work.bytes, work.simple, work.divisions, report.signature};
}

}  // namespace matchday::bench
