// The CPU kernels of networks give the same bits on AVX2, AVX-512 and NEON, all of which round a * b + c once.
#include <ATen/ATen.h>

#include <random>

#include "formats/signature.h"
#include "kernels/cpu/kernels.h"
#include "policy/packed_network.h"
#include "tests/support/catch.h"
#include "tests/support/lively_networks.h"
#include "tests/support/scenarios.h"

using namespace matchday;

namespace {

constexpr std::int64_t rows = 211;  // two tiles, and a rest that fills neither a block nor a vector

/// Numbers between -1 and 1, the same on every machine: torch's normal numbers differ, since they use a logarithm.
at::Tensor numbers(std::mt19937& generator, at::IntArrayRef shape) {
  const at::Tensor filled = at::empty(shape, at::kFloat);
  float* at = filled.mutable_data_ptr<float>();
  for (std::int64_t k = 0; k < filled.numel(); ++k) at[k] = uniform(generator, -1.0F, 1.0F);
  return filled;
}

bool rounds_once([[maybe_unused]] const kernels::CpuKernels& kernels) {
#if defined(__x86_64__)
  return kernels.instruction_set != "baseline";
#else
  return true;
#endif
}

/// The hash of such a network's decisions and values, and of its loss's gradient by either algorithm. seen_in: the
/// numbers of its hidden layers.
std::uint64_t signature_of(const kernels::NetworkKernels& kernels, at::ScalarType seen_in, const NetworkOptions& sort,
                           std::uint64_t signature) {
  const Network network = make_network(preset_with("arena", 3), sort, 1, at::kCPU);
  std::mt19937 generator(1);
  network.flat.copy_(numbers(generator, network.flat.sizes()) * 0.25F);
  const kernels::NetworkPlan plan = PackedNetwork(network).plan();
  const auto fresh = [](std::int64_t size) { return at::zeros({size}, at::kFloat); };
  const at::Tensor packed = fresh(kernels.packed_size(plan));
  kernels.pack(plan, network.flat.const_data_ptr<float>(), packed.mutable_data_ptr<float>());
  const auto* weights = packed.const_data_ptr<float>();

  const at::Tensor observation = numbers(generator, {rows, plan.inputs});
  const at::Tensor mean = fresh(rows * plan.outputs);
  const at::Tensor log_std = fresh(rows * plan.outputs);
  const at::Tensor value = fresh(rows);
  const auto* seen = observation.const_data_ptr<float>();
  kernels.decide(plan, weights, seen, rows, mean.mutable_data_ptr<float>(), log_std.mutable_data_ptr<float>(), nullptr);
  kernels.predict_values(plan, weights, seen, rows, value.mutable_data_ptr<float>());
  for (const at::Tensor& found : {mean, log_std, value}) add_to(signature, found);

  const at::Tensor pre_squash = numbers(generator, {rows, plan.outputs});
  const at::Tensor log_prob = numbers(generator, {rows}) * 0.5F - static_cast<float>(plan.outputs);
  const at::Tensor advantage = numbers(generator, {rows});
  const at::Tensor target = numbers(generator, {rows});
  const at::Tensor teacher = numbers(generator, {rows, plan.outputs});
  const float variance = 0.5F;
  const float teacher_weight = 0.3F;
  const at::Tensor rounded = observation.to(seen_in);
  const kernels::LossArrays arrays{rounded.const_data_ptr(),
                                   pre_squash.const_data_ptr<float>(),
                                   log_prob.const_data_ptr<float>(),
                                   advantage.const_data_ptr<float>(),
                                   target.const_data_ptr<float>(),
                                   nullptr,
                                   &variance,
                                   teacher.const_data_ptr<float>(),
                                   &teacher_weight,
                                   nullptr};
  for (const kernels::PolicyObjective objective :
       {kernels::PolicyObjective::reinforce, kernels::PolicyObjective::ppo}) {
    const kernels::LossOptions options{.objective = objective, .entropy = 0.05F, .weight = 1.0F / rows};
    const at::Tensor gradient = fresh(kernels.gradient_size(plan));
    const at::Tensor metrics = fresh(kernels::loss_metrics);
    kernels.loss_gradient(plan, weights, options, arrays, 0, rows, gradient.mutable_data_ptr<float>(),
                          metrics.mutable_data_ptr<float>());
    for (const at::Tensor& found : {gradient, metrics}) add_to(signature, found);
  }
  return signature;
}

}  // namespace

// After an intended change of the computation this test prints the new signature; put it here in the same commit.
TEST_CASE("networks and their gradients have the same bits on all machines that round a * b + c once") {
  const at::NoGradGuard no_gradient;
  for (const kernels::CpuKernels* kernels : kernels::runnable_cpu_kernels()) {
    if (!rounds_once(*kernels)) continue;
    std::uint64_t signature = empty_signature;
    std::uint64_t in_bfloat16 = empty_signature;
    for (const NetworkOptions& sort : sorts_of_odd_widths()) {
      if (sort.critic_hidden.empty()) continue;
      signature = signature_of(*kernels->network, at::kFloat, sort, signature);
      in_bfloat16 = signature_of(*kernels->bfloat16_network, at::kBFloat16, sort, in_bfloat16);
    }
    INFO(kernels->instruction_set << " has signatures 0x" << std::hex << signature << " and 0x" << in_bfloat16);
    CHECK(signature == 0x47fe5782b97d7e36U);
    // An instruction for products of bfloat16 may sum in an order of its own.
    if (!kernels->instruction_set.ends_with("_bf16")) CHECK(in_bfloat16 == 0x186fd7d25be27e99U);
  }
}
