// policy_loss: REINFORCE's and PPO's loss of one decision, with its derivatives in closed form.
//
// A decision's row has K outputs that become the mean, and K that become log sigma. Its loss is
//   value_weight * squared error / variance - gain - entropy_weight * entropy
//     + teacher_weight * half the squared distance of the means from a teacher's actions, all times the row's weight;
//   REINFORCE: gain = advantage * log p
//   PPO:       gain = min(ratio * advantage, clamp(ratio, 1 - clip, 1 + clip) * advantage), ratio = p / p when played.
// With u the sample and z = (u - mean) / sigma: d log p / d mean = z / sigma, d log p / d log sigma = z^2 - 1; the
// squash's part of log p depends on the sample alone. sim/action_distribution.h does the same in torch operations.
#pragma once

#include "kernels/network.h"
#include "kernels/sample.h"

namespace matchday::kernels {

/// The algorithm whose gain the loss uses.
enum class PolicyObjective { reinforce, ppo };

struct LossOptions {
  PolicyObjective objective = PolicyObjective::ppo;
  float clip = 0.2F;     ///< PPO clips its ratio to 1 +- this
  float entropy = 0.0F;  ///< weight of the entropy
  float value_weight = 0.5F;
  float weight = 1.0F;  ///< of a row: 1 over PPO's rows or REINFORCE's matches, to make a mean
};

/// A loss's metrics, in this order; they are summed over rows.
enum LossMetric {
  loss_metric,
  value_error_metric,
  entropy_metric,
  sigma_metric,
  kl_metric,
  clipped_metric,
  distance_metric,  ///< squared distance of the means from the teacher's actions
  loss_metrics
};

/// Decisions to learn from: M rows, or those that `order` lists.
struct LossArrays {
  const void* observation;      ///< [M, D], in the numbers of the layers: float or Bfloat16
  const float* pre_squash;      ///< [M, K], the samples
  const float* log_prob;        ///< [M], of the action when it was played
  const float* advantage;       ///< [M]
  const float* target;          ///< [M], the critic's targets; null: no critic
  const std::int64_t* order;    ///< indices of the rows, in the order of use; null: 0, 1, 2, ...
  const float* variance;        ///< [1], of the targets
  const float* teacher;         ///< [M, K], a teacher's actions; null: no teacher
  const float* teacher_weight;  ///< [1]
  const void* hidden;           ///< [M, H], kept by `decide` with these same weights, likewise; null: recomputed
};

/// A network's raw outputs for M rows of K each, and the buffers for the loss's derivatives by them. K is a multiple of
/// 4, and all [M, K] are aligned to 16 bytes.
struct HeadArrays {
  std::int64_t rows;                      ///< M
  int outputs;                            ///< K
  std::int64_t stride;                    ///< numbers from one row of [M, K] to the next, K or more
  const float* mean;                      ///< [M, K]
  const float* log_std_raw;               ///< [M, K]
  const float* pre_squash;                ///< [M, K], the samples
  const float* log_prob;                  ///< [M], of the action when it was played
  const float* advantage;                 ///< [M]
  float* d_mean;                          ///< [M, K]
  float* d_log_std_raw;                   ///< [M, K]
  float* metrics;                         ///< [M, loss_metrics]
  const float* teacher = nullptr;         ///< [M, K], a teacher's actions; null: no teacher
  const float* teacher_weight = nullptr;  ///< [1], weight of half the squared distance from them
};

/// A teacher's actions are clamped to +- this: tanh reaches it at about 1.5, where its slope is still a fifth.
inline constexpr float most_taught = 0.9F;

inline namespace MATCHDAY_INSTRUCTION_SET {

/// A mean or log sigma made from a network's output, and its derivative by that output.
template <class Float>
struct Shaped {
  Float value;
  Float slope;
};

template <class Float>
MATCHDAY_HOST_DEVICE Shaped<Float> mean_of(const HeadPlan& head, Float output) {
  if (head.squashed) return {output, Float(1.0F)};
  const Float tanh = squashed(output).tanh;
  return {tanh, Float(1.0F) - tanh * tanh};
}

template <class Float>
MATCHDAY_HOST_DEVICE Shaped<Float> log_std_of(const HeadPlan& head, Float output) {
  const Float lowest = head.log_std_lowest;
  const Float highest = head.log_std_highest;
  if (!head.squashed) {
    const auto outside = (output < lowest) | (output > highest);
    return {clamp(output, lowest, highest), select(outside, Float(0.0F), Float(1.0F))};
  }
  const Float range = highest - lowest;
  const Float share = Float(1.0F) / (Float(1.0F) + exponential(Float(0.0F) - output).value());
  return {share * range + lowest, range * (share * (Float(1.0F) - share))};
}

/// The mean that gives a teacher's action. Full speed would need tanh of infinity, hence the clamp.
template <class Float>
MATCHDAY_HOST_DEVICE Float taught_mean(const HeadPlan& head, Float action) {
  if (!head.squashed) return action;
  const Float most = most_taught;
  const Float a = clamp(action, Float(0.0F) - most, most);
  return Float(0.5F) * (logarithm<Float>(Float(1.0F) + a) - logarithm<Float>(Float(1.0F) - a));
}

/// Rows, one a lane, without their outputs and samples.
template <class Float>
struct LossRow {
  Float log_prob;  ///< of the action when it was played
  Float advantage;
  bool taught;           ///< whether there is a teacher
  Float teacher_weight;  ///< of half the squared distance from its actions
};

template <class Float>
struct LossSums {
  Float metric[loss_metrics];
};

/// The loss without the critic's part. For all k below `fours`, read(k, mean, log_std_raw, sample, taught) loads
/// outputs 4k .. 4k + 3, their samples and the teacher's actions; write(k, d_mean, d_log_std_raw) stores derivatives.
template <class Float, class Read, class Write>
MATCHDAY_HOST_DEVICE LossSums<Float> policy_loss(const LossOptions& options, const HeadPlan& head, int fours,
                                                 const LossRow<Float>& row, const Read& read, const Write& write) {
  constexpr float half_log_two_pi = 0.918938533F;
  const Float zero = 0.0F;
  const Float one = 1.0F;
  const auto deviation = [&](Float mean, Float log_std, Float sample) {
    return (sample - mean) * exponential(zero - log_std).value();
  };
  Float outputs[4];
  Float log_stds_raw[4];
  Float samples[4];
  Float taught[4];

  // 1. The decision's log-probability under the current policy.
  Float log_prob = zero;
  Float entropy = zero;
  Float sigma = zero;
  Float distance = zero;
  for (int k = 0; k < fours; ++k) {
    read(k, outputs, log_stds_raw, samples, taught);
    MATCHDAY_UNROLL
    for (int c = 0; c < 4; ++c) {
      const Float log_std = log_std_of(head, log_stds_raw[c]).value;
      const Float mean = mean_of(head, outputs[c]).value;
      const Float z = deviation(mean, log_std, samples[c]);
      Float log_density = (Float(-0.5F) * (z * z) - log_std) - Float(half_log_two_pi);
      if (head.squashed) log_density = log_density - squashed(samples[c]).log_slope;
      log_prob = log_prob + log_density;
      entropy = entropy + log_std + Float(0.5F + half_log_two_pi);
      sigma = sigma + exponential(log_std).value();
      if (row.taught) {
        const Float away = mean - taught_mean(head, taught[c]);
        distance = distance + away * away;
      }
    }
  }

  // 2. The gain, and its derivative by log p.
  const Float log_ratio = log_prob - row.log_prob;
  Float gain = row.advantage * log_prob;
  Float slope = row.advantage;
  Float kl = zero;
  Float clipped = zero;
  if (options.objective == PolicyObjective::ppo) {
    const Float ratio = exponential(log_ratio).value();
    const Float kept = clamp(ratio, Float(1.0F - options.clip), Float(1.0F + options.clip));
    const Float free_gain = ratio * row.advantage;
    const Float kept_gain = kept * row.advantage;
    const auto no_more = kept_gain < free_gain;
    gain = select(no_more, kept_gain, free_gain);
    slope = select(no_more, zero, free_gain);
    kl = (ratio - one) - log_ratio;  // Schulman's estimate: unbiased, never negative
    clipped = select(ratio == kept, zero, one);
  }

  // 3. The derivatives by the outputs.
  const Float weight = options.weight;
  const Float by_log_prob = zero - slope * weight;
  const Float by_entropy = Float(options.entropy) * weight;
  const Float by_distance = row.teacher_weight * weight;
  for (int k = 0; k < fours; ++k) {
    read(k, outputs, log_stds_raw, samples, taught);
    Float d_mean[4];
    Float d_log_std_raw[4];
    MATCHDAY_UNROLL
    for (int c = 0; c < 4; ++c) {
      const Shaped<Float> mean = mean_of(head, outputs[c]);
      const Shaped<Float> log_std = log_std_of(head, log_stds_raw[c]);
      const Float z = deviation(mean.value, log_std.value, samples[c]);
      Float by_mean = by_log_prob * (z * exponential(zero - log_std.value).value());
      if (row.taught) by_mean = by_mean + by_distance * (mean.value - taught_mean(head, taught[c]));
      d_mean[c] = by_mean * mean.slope;
      d_log_std_raw[c] = (by_log_prob * (z * z - one) - by_entropy) * log_std.slope;
    }
    write(k, d_mean, d_log_std_raw);
  }
  const Float pull = Float(0.5F) * (row.teacher_weight * distance);
  return {{(pull - (gain + Float(options.entropy) * entropy)) * weight, zero, entropy,
           sigma * Float(0.25F / static_cast<float>(fours)), kl, clipped, distance}};
}

/// The same for rows in memory, from row m on, one a lane.
template <class Float>
MATCHDAY_HOST_DEVICE void policy_loss_of_rows(const LossOptions& options, const HeadPlan& head,
                                              const HeadArrays& arrays, std::int64_t m) {
  const std::int64_t row = arrays.stride;
  LossRow<Float> data;
  load(data.log_prob, arrays.log_prob + m);
  load(data.advantage, arrays.advantage + m);
  data.taught = arrays.teacher != nullptr;
  data.teacher_weight = data.taught ? *arrays.teacher_weight : 0.0F;
  const auto read = [&](int k, Float(&mean)[4], Float(&log_std_raw)[4], Float(&sample)[4], Float(&taught)[4]) {
    load_four(mean, arrays.mean + m * row + 4 * k, row);
    load_four(log_std_raw, arrays.log_std_raw + m * row + 4 * k, row);
    load_four(sample, arrays.pre_squash + m * row + 4 * k, row);
    if (data.taught) load_four(taught, arrays.teacher + m * row + 4 * k, row);
  };
  const auto write = [&](int k, const Float(&d_mean)[4], const Float(&d_log_std_raw)[4]) {
    store_four(d_mean, arrays.d_mean + m * row + 4 * k, row);
    store_four(d_log_std_raw, arrays.d_log_std_raw + m * row + 4 * k, row);
  };
  const LossSums<Float> sums = policy_loss<Float>(options, head, arrays.outputs / 4, data, read, write);
  for (int f = 0; f < loss_metrics; ++f)
    for (int lane = 0; lane < FloatTraits<Float>::lanes; ++lane)
      arrays.metrics[(m + lane) * loss_metrics + f] = at_lane(sums.metric[f], lane);
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
