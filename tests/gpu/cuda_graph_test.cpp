// Iterations recorded as a graph on a CUDA device give the same bits as without, for every kind of training. Without a
// device these tests are skipped.
#include <ATen/Generator.h>
#include <fmt/format.h>

#include <stdexcept>
#include <string>

#include "rules/presets.h"
#include "run/checkpoint.h"
#include "tests/support/cuda.h"
#include "tests/support/tiny_training.h"
#include "train/cuda_graph.h"
#include "train/trainer.h"

using namespace matchday;

namespace {

#ifdef MATCHDAY_WITH_CUDA
/// While it exists, torch throws whenever the host would wait for the device.
class WaitingIsAnError {
 public:
  WaitingIsAnError() { c10::cuda::warning_state().set_sync_debug_mode(c10::cuda::SyncDebugMode::L_ERROR); }
  ~WaitingIsAnError() { c10::cuda::warning_state().set_sync_debug_mode(c10::cuda::SyncDebugMode::L_DISABLED); }
};
#else
struct WaitingIsAnError {};
#endif

struct Variant {
  std::string name;
  Config config;
};

/// Every sort of training; with opponents of every sort if one network plays for both teams.
std::vector<Variant> variants() {
  std::vector<Variant> all;
  for (const Preset& preset : presets)
    for (const auto& [agent, trunk] : {std::pair(Agent::player, Trunk::mlp), {Agent::team, Trunk::residual}})
      for (const Precision precision : {Precision::fp32, Precision::bf16})
        for (const Teams teams : {Teams::shared, Teams::independent})
          for (const Algorithm algorithm : {Algorithm::ppo, Algorithm::reinforce}) {
            Config config = tiny(std::string(preset.name), teams);
            config.network.agent = agent;
            config.network.trunk = trunk;
            config.network.hidden = config.network.critic_hidden = {16, 16};
            config.network.sigma = agent == Agent::team ? Sigma::network : Sigma::global;
            config.train.algorithm = algorithm;
            config.train.precision = precision;
            config.train.baseline = Baseline::critic;
            config.train.matches = 20;
            config.train.minibatch = 300;
            config.train.epochs = 2;
            config.train.target_kl = 0.001;
            config.train.entropy = 0.01;
            config.train.normalise =
                preset.name == "footyai-v1" && algorithm == Algorithm::reinforce ? Normalise::match : Normalise::batch;
            config.train.teacher = "role";
            config.train.teacher_until = 0.15;
            if (teams == Teams::shared) {
              config.train.pool_share = 0.4;
              config.train.pool_every = 2;
              config.train.bot_share = 0.2;
              config.train.bots = "keeper";
            }
            const std::string name = fmt::format("{}, {}, {}, {}, {}, {}", preset.name, name_of(agent), name_of(trunk),
                                                 name_of(precision), name_of(teams), name_of(algorithm));
            all.push_back({name, config});
          }
  return all;
}

struct Run {
  std::vector<at::Tensor> weights;
  Metrics metrics;
  std::int64_t recordings = 0;
  std::int64_t launches = 0;
};

constexpr int iterations = 5;  ///< before a run is resumed in another trainer, and after

void iterate(Trainer& trainer, Run& run) {
  for (int k = 0; k < iterations; ++k) {
    // In the first iteration libraries allocate memory and may wait.
    [[maybe_unused]] const std::optional<WaitingIsAnError> strict =
        k > 0 ? std::optional<WaitingIsAnError>(std::in_place) : std::nullopt;
    trainer.iterate(0.05 * static_cast<double>(trainer.iteration()));
  }
  run.metrics = trainer.last_metrics();
  run.recordings += trainer.work().recordings();
  run.launches += trainer.work().launches();
}

/// Trains, saves, and resumes in a second trainer.
Run run(Config config, Graphs graphs) {
  config.train.graphs = graphs;
  Run run;
  Trainer first(config, at::kCUDA);
  iterate(first, run);
  Trainer second(config, at::kCUDA);
  Checkpoint saved = checkpoint_of(first);
  for (auto& [name, tensor] : saved.training) tensor = tensor.cpu();  // as loaded from a file
  restore(second, saved, "memory");
  iterate(second, run);
  run.weights = weights_of(second);
  return run;
}

}  // namespace

TEST_CASE("on CUDA a recorded iteration leaves the bits of one that is not, and nobody waits in either", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  for (const auto& [name, config] : variants()) {
    INFO(name);
    REQUIRE(problem(config).value_or("") == "");
    const Run plain = run(config, Graphs::off);
    const Run recorded = run(config, Graphs::on);
    CHECK(plain.launches == 0);
    CHECK(recorded.launches == 2 * (iterations - 1));
    // One for each trainer, one when the teacher ends, and one each time that the pool's opponents change.
    CHECK(recorded.recordings == (config.train.pool_share > 0.0 ? 3 + 4 : 3));
    CHECK(equal(recorded.weights, plain.weights));
    CHECK(recorded.metrics == plain.metrics);
    for (const at::Tensor& weights : plain.weights) CHECK(weights.isfinite().all().item<bool>());
  }
}

TEST_CASE("on CUDA a run that stops and goes on leaves the bits of one that never stopped", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  for (const Algorithm algorithm : {Algorithm::ppo, Algorithm::reinforce}) {
    Config config = tiny();
    config.train.algorithm = algorithm;
    config.train.matches = 40;
    config.train.pool_share = 0.4;
    config.train.pool_every = 2;
    Run whole;
    Trainer trainer(config, at::kCUDA);
    iterate(trainer, whole);
    iterate(trainer, whole);
    const Run stopped = run(config, Graphs::off);
    INFO(algorithm);
    CHECK(equal(stopped.weights, weights_of(trainer)));
    CHECK(stopped.metrics == whole.metrics);
  }
}

TEST_CASE("a recording draws other numbers each time, those that are drawn without it", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  std::vector<at::Tensor> drawn[2];
  for (const bool record : {false, true}) {
    at::Generator generator = at::globalContext().defaultGenerator(at::kCUDA).clone();
    generator.set_current_seed(5);
    CudaGraph captured(record, at::kCUDA, generator);
    const at::Tensor order = at::empty({100}, at::TensorOptions(at::kCUDA).dtype(at::kLong));
    for (int k = 0; k < 4; ++k) {
      captured.run([&] { order.copy_(at::randperm(100, generator, order.options())); });
      drawn[record].push_back(order.cpu().clone());
    }
    CHECK(captured.launches() == (record ? 3 : 0));
  }
  for (int k = 0; k < 4; ++k) CHECK(at::equal(drawn[0][k], drawn[1][k]));
  CHECK_FALSE(at::equal(drawn[1][2], drawn[1][3]));
}

TEST_CASE("work that throws while it is recorded leaves a device that works", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  const at::Generator generator = at::globalContext().defaultGenerator(at::kCUDA).clone();
  CudaGraph captured(true, at::kCUDA, generator);
  const at::Tensor sum = at::zeros({3}, at::kCUDA);
  const auto add = [&] { sum.add_(1.0); };
  captured.run(add);
  CHECK_THROWS_AS(captured.run([&] {
    sum.add_(100.0);  // must not be launched
    throw std::runtime_error("something went wrong");
  }),
                  std::runtime_error);
  CHECK(captured.recordings() == 0);
  sum.add_(10.0);  // is launched, not recorded
  CHECK(at::equal(sum.cpu(), at::full({3}, 11.0F)));
  for (int k = 0; k < 2; ++k) captured.run(add);
  CHECK(captured.launches() == 2);
  CHECK(at::equal(sum.cpu(), at::full({3}, 13.0F)));
}
