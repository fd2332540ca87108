#include "kernels/cuda/network.h"

#include <algorithm>

#include "kernels/cuda/launch.h"
#include "kernels/cuda/network_block.cuh"

namespace matchday::kernels {
namespace {

/// Blocks of a forward pass for each task: enough to fill the largest GPUs; each takes tile after tile.
constexpr std::int64_t most_forward_blocks = 512;

/// What a policy with K outputs decides for row m, and the actions that are drawn from it.
__device__ inline void decide(const Forward& forward, const float* outputs, int k, std::int64_t m) {
  const DrawArrays& draw = forward.draw;
  const NoiseArrays& counters = draw.counters;
  float log_prob = 0.0F;
  for (int first = 0; first < k; first += action_size) {
    float mean[action_size];
    float log_std[action_size];
    for (int c = 0; c < action_size; ++c) {
      mean[c] = mean_of(forward.head, outputs[first + c]).value;
      log_std[c] = log_std_of(forward.head, outputs[fused_columns(k) + first + c]).value;
    }
    const std::int64_t place = m * k + first;
    if (forward.mean != nullptr) {
      store_four(mean, forward.mean + place, 0);
      store_four(log_std, forward.log_std + place, 0);
    }
    if (draw.pre_squash == nullptr) continue;
    const std::int64_t player = place / action_size;  // of [2, B, N]
    const std::int64_t side = player / counters.players;
    const bool of_b = side >= counters.matches;
    const std::int64_t b = of_b ? side - counters.matches : side;
    const auto slot = static_cast<std::uint32_t>(player % counters.players + (of_b ? counters.players : 0));
    Sample<float> drawn = sample(mean, log_std,
                                 noise_at<float>(static_cast<std::uint32_t>(counters.match[b]), counters.episode[b],
                                                 counters.clock[b], counters.first_slot + slot, counters.seed),
                                 draw.squash);
    if (draw.rotate_b && of_b)
      for (float& component : drawn.action) component = 0.0F - component;
    store_four(drawn.pre_squash, draw.pre_squash + place, 0);
    store_four(drawn.action, draw.action + place, 0);
    log_prob = log_prob + drawn.log_prob;
  }
  if (draw.pre_squash != nullptr) draw.log_prob[m] = log_prob;
}

template <class Number>
__global__ void __launch_bounds__(fused_threads) forward_kernel(const __grid_constant__ Forward forward) {
  const ForwardTask& task = forward.task[blockIdx.y];
  const FusedPart& part = task.critic ? forward.critic : forward.policy;
  const NetworkBlock<Number> block(part.plan, part.layout);
  const int rows = block.rows();
  if (static_cast<std::int64_t>(blockIdx.x) * rows >= task.rows) return;
  block.take_parameters(task.parameters);
  for (std::int64_t done = static_cast<std::int64_t>(blockIdx.x) * rows; done < task.rows; done += gridDim.x * rows) {
    block.observe(forward.observation, [&](int row) { return done + row < task.rows ? task.first + done + row : -1; });
    block.forward();
    share_out(rows, [&](int row) {
      if (done + row >= task.rows) return;
      const std::int64_t m = task.first + done + row;
      const float* outputs = block.outputs(row);
      if (task.critic) {
        forward.value[m] = outputs[0];
        return;
      }
      decide(forward, outputs, part.plan.layer[part.plan.layers - 1].outputs, m);
    });
    __syncthreads();
  }
}

/// The policy's loss of a row, whose derivatives by the outputs take their places in the tile. Adds to the metrics.
template <class Number>
__device__ void learn_policy(const Gradient& gradient, const NetworkBlock<Number>& block, int row, std::int64_t m,
                             float (&metrics)[loss_metrics]) {
  const FusedPlan& plan = gradient.policy.plan;
  const FusedLayer& mean = plan.layer[plan.layers - 2];
  const FusedLayer& log_std_raw = plan.layer[plan.layers - 1];
  const LossArrays& arrays = gradient.arrays;
  const int outputs = mean.outputs;
  const float* found = block.outputs(row);
  const LossRow<float> data{arrays.log_prob[m], arrays.advantage[m], arrays.teacher != nullptr,
                            arrays.teacher != nullptr ? *arrays.teacher_weight : 0.0F};
  const auto read = [&](int k, float(&means)[4], float(&log_stds_raw)[4], float(&samples)[4], float(&taught)[4]) {
    load_four(means, found + 4 * k, 0);
    load_four(log_stds_raw, found + fused_columns(outputs) + 4 * k, 0);
    load_four(samples, arrays.pre_squash + m * outputs + 4 * k, 0);
    if (data.taught) load_four(taught, arrays.teacher + m * outputs + 4 * k, 0);
  };
  const auto write = [&](int k, const float(&d_mean)[4], const float(&d_log_std_raw)[4]) {
    for (int c = 0; c < 4; c += 2) {
      store_pair({d_mean[c], d_mean[c + 1]}, block.at(row, mean.derivative + 4 * k + c));
      store_pair({d_log_std_raw[c], d_log_std_raw[c + 1]}, block.at(row, log_std_raw.derivative + 4 * k + c));
    }
  };
  const LossSums<float> sums = policy_loss<float>(gradient.options, gradient.head, outputs / 4, data, read, write);
  for (int f = 0; f < loss_metrics; ++f) metrics[f] += sums.metric[f];
}

/// The critic's squared error, likewise.
template <class Number>
__device__ void learn_critic(const Gradient& gradient, const NetworkBlock<Number>& block, int row, std::int64_t m,
                             float (&metrics)[loss_metrics]) {
  const FusedPlan& plan = gradient.critic.plan;
  const float weight = gradient.options.value_weight * gradient.options.weight;
  const float scale = 1.0F / *gradient.arrays.variance;
  const float error = block.outputs(row)[0] - gradient.arrays.target[m];
  store_pair({2.0F * error * scale * weight, 0.0F}, block.at(row, plan.layer[plan.layers - 1].derivative));
  metrics[value_error_metric] += error * error * scale;
  metrics[loss_metric] += error * error * scale * weight;
}

/// blockIdx.y: the policy or the critic.
template <class Number>
__global__ void __launch_bounds__(fused_threads) gradient_kernel(const __grid_constant__ Gradient gradient) {
  const bool critic = blockIdx.y == 1;
  const FusedPart& part = critic ? gradient.critic : gradient.policy;
  const NetworkBlock<Number> block(
      part.plan, part.layout,
      gradient.outside + static_cast<std::int64_t>(blockIdx.y * gridDim.x + blockIdx.x) * gradient.size_outside);
  const int rows = block.rows();
  block.take_parameters(gradient.parameters);
  block.clear_gradient();
  float metrics[loss_metrics] = {};
  for (std::int64_t done = static_cast<std::int64_t>(blockIdx.x) * rows; done < gradient.rows;
       done += static_cast<std::int64_t>(gridDim.x) * rows) {
    const auto sample = [&](int row) -> std::int64_t {
      if (done + row >= gradient.rows) return -1;
      return gradient.arrays.order == nullptr ? done + row : gradient.arrays.order[done + row];
    };
    block.observe(gradient.observation, sample);
    block.forward();
    block.clear_derivatives();
    share_out(rows, [&](int row) {
      const std::int64_t m = sample(row);
      if (m < 0) return;
      if (critic)
        learn_critic(gradient, block, row, m, metrics);
      else
        learn_policy(gradient, block, row, m, metrics);
    });
    __syncthreads();
    block.backward();
  }
  float* sums = gradient.of_blocks + static_cast<std::int64_t>(blockIdx.x) * (gradient.size + 2 * loss_metrics);
  block.give_gradient(sums);
  // The rows' metrics, summed in the rows' order.
  share_out(rows, [&](int row) {
    for (int f = 0; f < loss_metrics; ++f) block.outputs(row)[f] = metrics[f];
  });
  __syncthreads();
  share_out(loss_metrics, [&](int f) {
    float sum = 0.0F;
    for (int row = 0; row < rows; ++row) sum += block.outputs(row)[f];
    sums[gradient.size + static_cast<int>(blockIdx.y) * loss_metrics + f] = sum;
  });
}

/// A thread is a parameter, or a metric.
__global__ void sum_kernel(const __grid_constant__ Gradient gradient, int blocks) {
  const auto k = static_cast<int>(match_of_thread());
  const int numbers = gradient.size + 2 * loss_metrics;
  const auto sum_of = [&](int place) {
    float sum = 0.0F;
    for (int block = 0; block < blocks; ++block)
      sum += gradient.of_blocks[static_cast<std::int64_t>(block) * numbers + place];
    return sum;
  };
  if (k < gradient.size) gradient.gradient[k] = sum_of(k);
  const int f = k - gradient.size;
  if (f >= 0 && f < loss_metrics)
    gradient.metrics[f] = sum_of(k) + (gradient.critic.plan.heads > 0 ? sum_of(k + loss_metrics) : 0.0F);
}

}  // namespace

int most_shared_bytes() {
  int device = 0;
  int bytes = 0;
  require_success(cudaGetDevice(&device));
  require_success(cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, device));
  return bytes;
}

void network_forward_cuda(const Forward& forward, cudaStream_t stream) {
  std::int64_t tiles = 0;
  int bytes = 0;
  for (int k = 0; k < forward.tasks; ++k) {
    const FusedLayout& layout = forward.task[k].critic ? forward.critic.layout : forward.policy.layout;
    tiles = std::max(tiles, (forward.task[k].rows + layout.rows - 1) / layout.rows);
    bytes = std::max(bytes, layout.bytes);
  }
  if (tiles == 0) return;
  const dim3 grid(static_cast<unsigned>(std::min(tiles, most_forward_blocks)), static_cast<unsigned>(forward.tasks));
  const auto kernel = forward.number == FusedNumber::float32 ? forward_kernel<float> : forward_kernel<Bfloat16>;
  launch_blocks(kernel, grid, fused_threads, bytes, stream, forward);
}

void network_gradient_cuda(const Gradient& gradient, cudaStream_t stream) {
  const bool critic = gradient.critic.plan.heads > 0;
  const int rows = std::min(gradient.policy.layout.rows, critic ? gradient.critic.layout.rows : 128);
  const std::int64_t tiles = std::max<std::int64_t>((gradient.rows + rows - 1) / rows, 1);
  const auto blocks = static_cast<int>(std::min(tiles, fused_gradient_blocks(gradient.rows)));
  const dim3 grid(static_cast<unsigned>(blocks), critic ? 2 : 1);
  const auto kernel = gradient.number == FusedNumber::float32 ? gradient_kernel<float> : gradient_kernel<Bfloat16>;
  launch_blocks(kernel, grid, fused_threads, std::max(gradient.policy.layout.bytes, gradient.critic.layout.bytes),
                stream, gradient);
  launch(sum_kernel, gradient.size + loss_metrics, stream, gradient, blocks);
}

}  // namespace matchday::kernels
