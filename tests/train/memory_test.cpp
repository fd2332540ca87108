// Training's memory: the estimate compared with the actual use, and no allocation at each step.
#include "train/memory.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>

#include <atomic>

#include "rules/bad_input.h"
#include "tests/support/catch.h"
#include "tests/support/complaint.h"
#include "tests/support/lively_networks.h"
#include "tests/support/played_rollout.h"
#include "tests/support/scenarios.h"
#include "train/trainer.h"

using namespace matchday;

namespace {

/// Counts torch's memory for CPU tensors while it exists.
class CountedMemory : public c10::Allocator {
 public:
  CountedMemory() { c10::SetCPUAllocator(this, 1); }
  ~CountedMemory() override { c10::SetCPUAllocator(c10::GetDefaultCPUAllocator(), 1); }

  c10::DataPtr allocate(std::size_t bytes) override {
    ++allocations;
    held += static_cast<std::int64_t>(bytes);
    std::int64_t before = most;
    while (held > before && !most.compare_exchange_weak(before, held)) {
    }
    auto* size = new std::pair(c10::GetDefaultCPUAllocator()->allocate(bytes), bytes);
    return {size->first.get(), size, &give_back, c10::Device(c10::kCPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return nullptr; }
  void copy_data(void* to, const void* from, std::size_t bytes) const override { default_copy_data(to, from, bytes); }

  static inline std::atomic<std::int64_t> allocations = 0;
  static inline std::atomic<std::int64_t> held = 0;
  static inline std::atomic<std::int64_t> most = 0;

 private:
  static void give_back(void* size) {
    auto* own = static_cast<std::pair<c10::DataPtr, std::size_t>*>(size);
    held -= static_cast<std::int64_t>(own->second);
    delete own;
  }
};

}  // namespace

TEST_CASE("a rollout's steps take no memory") {
  const Rules rules = preset_with("arena", 3);
  for (const Agent agent : {Agent::player, Agent::team})
    for (const double pool_share : {0.0, 0.5}) {
      const Network network = lively_network(rules, small_options(agent), 1);
      TrainOptions options;
      options.matches = 40;
      options.pool_share = pool_share;
      Opponents opponents(options, network, 1);
      Simulator simulator(rules, {.matches = 40});
      ThreadPool thread_pool(2);
      std::int64_t of_length[2];
      for (const std::int64_t steps : {5, 25}) {
        Rollout rollout(simulator, opponents, thread_pool, network.options,
                        {.steps = steps, .predict_values = true, .autoreset = true});
        const at::Tensor shaping = at::ones({});
        rollout.collect({network}, shaping);
        const CountedMemory memory;
        const std::int64_t before = CountedMemory::allocations;
        rollout.collect({network}, shaping);
        of_length[steps == 25] = CountedMemory::allocations - before;
      }
      INFO(agent << ", pool " << pool_share);
      CHECK(of_length[0] > 0);
      CHECK(of_length[1] == of_length[0]);
    }
}

TEST_CASE("training takes the memory that is said", "[slow]") {
  for (const Algorithm algorithm : {Algorithm::ppo, Algorithm::reinforce})
    for (const Agent agent : {Agent::player, Agent::team}) {
      Config config;
      config.network.agent = agent;
      config.train.algorithm = algorithm;
      config.train.matches = 512;
      config.train.rollout_steps = 20;
      config.train.threads = 1;
      config.train.teacher = algorithm == Algorithm::ppo ? "role" : "none";
      INFO(algorithm << ", " << agent);
      const CountedMemory memory;
      const std::int64_t before = CountedMemory::held;
      CountedMemory::most = before;
      {
        Trainer trainer(config, at::kCPU);
        trainer.iterate(0.0);
        trainer.iterate(0.0);
      }
      const auto taken = static_cast<double>(CountedMemory::most - before);
      const NetworkShape shape = network_shape(config.rules, config.network);
      const std::int64_t kept = 2 * 20 * shape.rows * kept_activations(config, at::kCPU);
      CHECK((kept > 0) == (algorithm == Algorithm::reinforce));
      const double said = (bytes_of_match(config, at::kCPU) + 4.0 * static_cast<double>(kept)) * 512.0;
      CHECK(taken < said + 16e6);  // networks, and the gradients of 16 pieces
      CHECK(taken > 0.5 * said);
    }
}

TEST_CASE("activations are kept where an update uses them once and they find room") {
  if (!free_memory(at::kCPU)) {
    SUCCEED("this system does not say how much memory it has");
    return;
  }
  const auto kept = [](const auto& change) {
    Config config = default_config("footyai-v2");
    config.train.matches = 8;
    change(config);
    return kept_activations(config, at::kCPU);
  };
  CHECK(kept([](Config&) {}) == 3 * 128);
  CHECK(kept([](Config& config) { config.train.algorithm = Algorithm::ppo; }) == 0);
  CHECK(kept([](Config& config) { config.train.teams = Teams::independent; }) == 0);
  CHECK(kept([](Config& config) { config.train.precision = Precision::bf16; }) == 3 * 128);
  CHECK(kept([](Config& config) { config.network.trunk = Trunk::residual; }) == 0);
  CHECK(kept([](Config& config) { config.train.matches = 1 << 22; }) == 0);
}

TEST_CASE("more matches than there is memory for are refused before anything is taken") {
  Config config;
  const std::optional<double> free = free_memory(at::kCPU);
  if (!free) {
    SUCCEED("this system does not say how much memory it has");
    return;
  }
  CHECK(*free > 1e8);
  const std::int64_t most = *most_matches(config, at::kCPU);
  CHECK(bytes_of_match(config, at::kCPU) * static_cast<double>(most) < *free);
  CHECK(bytes_of_match(config, at::kCPU) * static_cast<double>(4 * most) > 0.7 * *free);
  config.train.matches = most;
  CHECK_NOTHROW(require_room(config, at::kCPU));
  config.train.matches = 4 * most;
  CHECK(complaint([&] { require_room(config, at::kCPU); }).find("find room") != std::string::npos);
}

TEST_CASE("networks that there is no memory for are refused before anything is taken") {
  Config config;
  const std::int64_t weights = make_network(config.rules, config.network, 1, at::kCPU).flat.numel();
  CHECK(bytes_of_networks(config) == 4.0 * 4.0 * static_cast<double>(weights));
  config.train.pool_share = 0.5;
  CHECK(bytes_of_networks(config) ==
        4.0 * static_cast<double>(weights) * static_cast<double>(4 + config.train.pool_size + config.train.pool_slots));
  if (!free_memory(at::kCPU)) return;
  CHECK_NOTHROW(require_room(config, at::kCPU));
  config.network.hidden = std::vector<std::int64_t>(64, 65536);
  const std::string text = complaint([&] { require_room(config, at::kCPU); });
  CHECK(text.starts_with("hidden and critic_hidden make networks that take "));
}
