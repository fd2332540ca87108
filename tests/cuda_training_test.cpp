// Training on a GPU against the CPU's; where there is none these tests say that they are skipped.
#include <string>

#include "policy/network_policy.h"
#include "tests/cuda.h"
#include "tests/lively_networks.h"
#include "tests/scenarios.h"
#include "tests/tiny_training.h"
#include "train/trainer.h"

using namespace matchday;

namespace {

Workers workers;

native::Played room_on(at::Device device, std::int64_t matches, const Rules& rules, bool of_players) {
  const at::TensorOptions floats = at::TensorOptions(device).dtype(at::kFloat);
  const Simulator simulator(rules, {.matches = matches, .device = device});
  return {at::empty({2, matches, rules.players, 4}, floats),
          at::empty({2, matches, rules.players, 4}, floats),
          at::empty({2, matches, rules.players}, floats),
          at::empty({matches}, floats),
          at::empty({matches}, floats.dtype(at::kBool)),
          at::empty({2, matches}, floats.dtype(at::kInt)),
          of_players ? simulator.observe_players() : simulator.observe().unsqueeze(2)};
}

#ifdef MATCHDAY_WITH_CUDA
/// While it lives, torch throws where the host would wait for the device.
class WaitingIsAnError {
 public:
  WaitingIsAnError() { c10::cuda::warning_state().set_sync_debug_mode(c10::cuda::SyncDebugMode::L_ERROR); }
  ~WaitingIsAnError() { c10::cuda::warning_state().set_sync_debug_mode(c10::cuda::SyncDebugMode::L_DISABLED); }
};
#else
struct WaitingIsAnError {};
#endif

}  // namespace

TEST_CASE("on CUDA a rollout's steps have the CPU's bits") {
  SKIP_WITHOUT_CUDA();
  at::manual_seed(1);
  for (const Preset& preset : presets)
    for (const std::string kind : {"player", "team"}) {
      Rules rules = preset_with(preset.name, 5);
      rules.steps = 6;
      const NetworkOptions options = small_options(kind);
      const NetworkShape shape = network_shape(rules, options);
      Simulator cpu(rules, {.matches = 77, .seed = 5});
      Simulator cuda(rules, {.matches = 77, .seed = 5, .device = at::kCUDA});
      const native::Played expected = room_on(at::kCPU, 77, rules, kind == "player");
      const native::Played played = room_on(at::kCUDA, 77, rules, kind == "player");
      for (int step = 0; step < 20; ++step) {
        const at::Tensor mean = at::randn({2, 77, shape.rows, shape.outputs});
        const at::Tensor log_std = at::rand_like(mean) - 1.0;
        const at::Tensor scripted = at::randn({9, 5, 4});
        play(cpu, options, {Squash::tanh, mean, log_std}, {scripted, at::full({}, 0.5F), true}, expected);
        play(cuda, options, {Squash::tanh, mean.cuda(), log_std.cuda()},
             {scripted.cuda(), at::full({}, 0.5F).cuda(), true}, played);
        INFO(preset.name << ", " << kind << ", step " << step);
        REQUIRE(same_bits(played.pre_squash, expected.pre_squash));
        REQUIRE(same_bits(played.log_prob, expected.log_prob));
        REQUIRE(same_bits(played.reward, expected.reward));
        REQUIRE(at::equal(played.terminated.cpu(), expected.terminated));
        REQUIRE(at::equal(played.score.cpu(), expected.score));
        REQUIRE(same_bits(played.observation, expected.observation));
        REQUIRE(difference(cuda.state(), cpu.state()) == "");
      }
    }
}

TEST_CASE("on CUDA the loss's gradient is the CPU's, and autograd's") {
  SKIP_WITHOUT_CUDA();
  at::manual_seed(2);
  const Rules rules = preset_with("arena", 3);
  for (const char* kind : {"player", "team"}) {
    const Network network = lively_network(rules, small_options(kind), 3);
    const Network on_cuda = on_device(network, at::kCUDA);
    const NetworkShape shape = network_shape(rules, network.options);
    const at::Tensor mean = at::randn({500, shape.outputs});
    const Samples samples{at::randn({500, shape.inputs}), mean, at::randn({500}), at::randn({500}), at::randn({500})};
    const Samples there{samples.observation.cuda(), mean.cuda(), samples.log_prob.cuda(), samples.advantage.cuda(),
                        samples.target.cuda()};
    const kernels::LossOptions options = loss_options(kernels::Gain::reinforce, {}, 0.01);
    loss_gradient(network, samples, {}, options, return_variance(samples), workers);
    for (const UpdateOptions& how : {UpdateOptions{}, {at::kFloat, Differentiation::autograd}, {at::kBFloat16}}) {
      loss_gradient(on_cuda, there, {}, options, return_variance(there), workers, how);
      INFO(kind << ", " << at::toString(how.precision));
      const double error =
          ((on_cuda.gradient.cpu() - network.gradient).norm() / network.gradient.norm()).item<double>();
      CHECK(error < (how.precision == at::kFloat ? 1e-4 : 0.1));  // other sums, and TF32 is off
    }
  }
}

TEST_CASE("on CUDA every algorithm trains, in either precision, against everybody") {
  SKIP_WITHOUT_CUDA();
  for (const std::string algorithm : {"ppo", "reinforce"})
    for (const std::string precision : {"fp32", "bf16"}) {
      Config config = tiny();
      config.train.algorithm = algorithm;
      config.train.precision = precision;
      config.train.baseline = "critic";
      config.network.critic_hidden = config.network.hidden;
      config.train.matches = 40;
      config.train.rollout_steps = 6;
      config.train.pool_share = 0.4;
      config.train.bot_share = 0.2;
      config.train.bots = "chaser";
      Trainer trainer(config, at::kCUDA);
      const at::Tensor before = trainer.checkpoint().networks[0].flat.clone();
      for (int k = 0; k < 3; ++k) trainer.iterate(0.0);
      {
        const WaitingIsAnError strict;
        for (int k = 0; k < 3; ++k) CHECK_NOTHROW(trainer.iterate(0.0));
      }
      CHECK(figure(trainer.last_figures(), "iteration") == 6.0);
      const at::Tensor after = trainer.checkpoint().networks[0].flat;
      INFO(algorithm << ", " << precision);
      CHECK(after.isfinite().all().item<bool>());
      CHECK_FALSE(at::equal(before, after));
    }
}

TEST_CASE("on CUDA a recorded iteration leaves the bits of one that is not") {
  SKIP_WITHOUT_CUDA();
  for (const std::string algorithm : {"ppo", "reinforce"})
    for (const std::int64_t rollout_steps : {0, 6}) {
      Config config = tiny();
      config.train.algorithm = algorithm;
      config.train.baseline = algorithm == "ppo" ? "critic" : "batch";
      config.train.matches = 40;
      config.train.rollout_steps = rollout_steps;
      config.train.pool_share = 0.4;
      config.train.pool_every = 4;  // opponents change twice on the way
      std::vector<std::vector<at::Tensor>> results;
      std::vector<Figures> figures;
      for (const char* graphs : {"off", "on"}) {
        config.train.graphs = graphs;
        Trainer trainer(config, at::kCUDA);
        for (int k = 0; k < 10; ++k) trainer.iterate(0.1 * k);
        results.push_back(weights_of(trainer));
        figures.push_back(trainer.last_figures());
      }
      INFO(algorithm << ", " << rollout_steps);
      CHECK(equal(results[0], results[1]));
      CHECK(figures[0] == figures[1]);
    }
}
