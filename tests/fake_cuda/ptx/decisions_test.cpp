// The kernels that know no football, as nvcc made them, against the CPU's: every array, bit for bit.
#include <string>

#include "arrays.h"
#include "baseline.h"
#include "chance.h"
#include "kernels/cuda/kernels.h"
#include "rules/randomness.h"
#include "tests/support/catch.h"

using namespace matchday;
using namespace matchday::kernels;
using namespace matchday::ptx;

namespace {

const CpuKernels& cpu = baseline::kernels_of_this_instruction_set;

/// Adds an input of numbers between -4 and 4, one in `extremes` of them extreme; 0: none.
float* add_input(Arrays& arrays, const std::string& name, std::int64_t count, Chance& chance, unsigned extremes) {
  auto* numbers = arrays.add<float>(name, count, false);
  for (std::int64_t k = 0; k < count; ++k)
    numbers[k] = extremes != 0 && chance.one_in(extremes) ? chance.extreme() : chance.between(-4.0F, 4.0F);
  return numbers;
}

/// Calls body(matches or rows, whether there are extreme numbers among them).
template <class Body>
void for_each_batch(const Body& body) {
  for (const std::int64_t batch : {0, 1, 31, 32, 33, 65, 200})
    for (const unsigned extremes : {0U, 20U}) {
      INFO(batch << " matches or rows, one number in " << extremes << " extreme");
      body(batch, extremes);
    }
}

}  // namespace

TEST_CASE("PTX: noise and what is drawn with it") {
  for_each_batch([](std::int64_t b, unsigned extremes) {
    for (const int n : {1, 2, 5, 11})
      for (const bool squash : {false, true}) {
        Chance chance(static_cast<unsigned>(b + n));
        Arrays actual;
        auto* match = actual.add<std::int64_t>("match", b, false);
        auto* episode = actual.add<std::int32_t>("episode", b, false);
        auto* clock = actual.add<std::int32_t>("clock", b, false);
        for (std::int64_t m = 0; m < b; ++m) {
          match[m] = static_cast<std::int64_t>(chance.word()) << 20U;
          episode[m] = static_cast<std::int32_t>(chance.word());
          clock[m] = static_cast<std::int32_t>(chance.word());
        }
        for (const char* name : {"mean", "log_std"}) add_input(actual, name, 8 * b * n, chance, extremes);
        for (const char* name : {"noise", "pre_squash", "action"}) actual.add<float>(name, 8 * b * n);
        actual.add<float>("log_prob", 2 * b * n);
        const Arrays expected = actual.copy();
        const auto whose = [&](const Arrays& arrays) {
          return NoiseArrays{b,
                             n,
                             0xFEDCBA9876543210ULL,
                             slot_action_noise,
                             arrays.get<std::int64_t>("match"),
                             arrays.get<std::int32_t>("episode"),
                             arrays.get<std::int32_t>("clock")};
        };
        const auto samples = [&](const Arrays& arrays) {
          return SampleArrays{arrays.get<float>("mean"),
                              arrays.get<float>("log_std"),
                              squash,
                              b % 2 == 1,
                              nullptr,
                              arrays.get<float>("pre_squash"),
                              arrays.get<float>("action"),
                              arrays.get<float>("log_prob")};
        };
        actual.lie_on_device();
        noise_cuda(whose(actual), actual.get<float>("noise"), nullptr);
        sample_actions_cuda(whose(actual), samples(actual), nullptr);
        cpu.noise(whose(expected), expected.get<float>("noise"), 0, b);
        cpu.sample_actions(whose(expected), samples(expected), 0, b);
        REQUIRE(actual.difference(expected) == "");
      }
  });
}

TEST_CASE("PTX: discounted returns") {
  for_each_batch([](std::int64_t b, unsigned extremes) {
    for (const std::int64_t steps : {0, 1, 2, 3, 4, 7, 180}) {
      Chance chance(static_cast<unsigned>(b + steps));
      Arrays actual;
      add_input(actual, "reward", steps * b, chance, extremes);
      add_input(actual, "after", b, chance, extremes);
      auto* terminated = actual.add<bool>("terminated", steps * b, false);
      for (std::int64_t k = 0; k < steps * b; ++k) terminated[k] = chance.one_in(5);
      actual.add<float>("returns", steps * b);
      const Arrays expected = actual.copy();
      const auto returns = [&](const Arrays& arrays) {
        return ReturnsArrays{steps,
                             b,
                             0.97F,
                             arrays.get<float>("reward"),
                             arrays.get<bool>("terminated"),
                             arrays.get<float>("after"),
                             arrays.get<float>("returns")};
      };
      actual.lie_on_device();
      discounted_returns_cuda(returns(actual), nullptr);
      cpu.discounted_returns(returns(expected), 0, b);
      REQUIRE(actual.difference(expected) == "");
    }
  });
}

TEST_CASE("PTX: the loss at the heads") {
  for_each_batch([](std::int64_t rows, unsigned extremes) {
    for (const PolicyObjective objective : {PolicyObjective::reinforce, PolicyObjective::ppo})
      for (const bool squashed : {false, true})
        for (const int outputs : {4, 8, 20, 44}) {
          Chance chance(static_cast<unsigned>(rows + outputs));
          const std::int64_t stride = outputs + 4 * (rows % 3);
          const std::int64_t numbers = rows == 0 ? 0 : (rows - 1) * stride + outputs;
          Arrays actual;
          for (const char* name : {"mean", "log_std_raw", "pre_squash"})
            add_input(actual, name, numbers, chance, extremes);
          for (const char* name : {"log_prob", "advantage"}) add_input(actual, name, rows, chance, extremes);
          for (const char* name : {"d_mean", "d_log_std_raw"}) actual.add<float>(name, numbers);
          actual.add<float>("metrics", rows * loss_metrics);
          const Arrays expected = actual.copy();
          const LossOptions options{objective, 0.2F, 0.01F, 0.5F, 0.25F};
          const HeadPlan head{squashed, -5.0F, 1.0F};
          const auto heads = [&](const Arrays& arrays) {
            return HeadArrays{rows,
                              outputs,
                              stride,
                              arrays.get<float>("mean"),
                              arrays.get<float>("log_std_raw"),
                              arrays.get<float>("pre_squash"),
                              arrays.get<float>("log_prob"),
                              arrays.get<float>("advantage"),
                              arrays.get<float>("d_mean"),
                              arrays.get<float>("d_log_std_raw"),
                              arrays.get<float>("metrics")};
          };
          actual.lie_on_device();
          policy_loss_cuda(options, head, heads(actual), nullptr);
          cpu.network->policy_loss(options, head, heads(expected), 0, rows);
          REQUIRE(actual.difference(expected) == "");
        }
  });
}
