// policy_loss: what REINFORCE and PPO make of one decision, with its derivatives in closed form.
//
// A decision's row has K outputs of each kind: what becomes the mean, and what becomes log sigma. Its loss is
//   value_weight * squared error / variance - gain - entropy_weight * entropy
//     + teacher_weight * squared distance of the means from what a teacher would do / 2, all times the row's weight;
//   REINFORCE: gain = advantage * log p
//   PPO:       gain = min(ratio * advantage, ratio within 1 +- clip * advantage), ratio = p / p as it was played.
// With u the sample and z = (u - mean) / sigma: d log p / d mean = z / sigma, d log p / d log sigma = z^2 - 1; the
// squash's part of log p depends on the sample alone. policy/action_distribution.h tells the same in torch operations.
#pragma once

#include "kernels/network.h"
#include "kernels/sample.h"

namespace matchday::kernels {

/// Whose gain.
enum class Gain { reinforce, ppo };

struct LossOptions {
  Gain gain = Gain::ppo;
  float clip = 0.2F;     ///< share by which PPO's ratio may change
  float entropy = 0.0F;  ///< weight of the entropy
  float value_weight = 0.5F;
  float weight = 1.0F;  ///< of a row: 1 over what the loss is a mean of
};

/// The sums over rows that are told of a loss, in this order.
enum LossFigure {
  loss_figure,
  value_error_figure,
  entropy_figure,
  sigma_figure,
  kl_figure,
  clipped_figure,
  distance_figure,  ///< squared, from what the teacher does
  loss_figures
};

/// A network's outputs before they are a distribution, for M rows of K each, and where their derivatives go. K is a
/// multiple of 4, and all [M, K] are aligned to 16 bytes.
struct HeadArrays {
  std::int64_t rows;                      ///< M
  int outputs;                            ///< K
  std::int64_t pitch;                     ///< numbers from one row of [M, K] to the next, K or more
  const float* mean;                      ///< [M, K]
  const float* log_sigma;                 ///< [M, K]
  const float* pre_squash;                ///< [M, K], as drawn
  const float* log_prob;                  ///< [M], as played
  const float* advantage;                 ///< [M]
  float* d_mean;                          ///< [M, K]
  float* d_log_sigma;                     ///< [M, K]
  float* figures;                         ///< [M, loss_figures]
  const float* teacher = nullptr;         ///< [M, K], what a teacher would do; null: there is none
  const float* teacher_weight = nullptr;  ///< [1], of half the squared distance from these
};

/// Actions are taught up to this size: tanh gives it for 1.5, where its slope is still a fifth.
inline constexpr float most_taught = 0.9F;

inline namespace MATCHDAY_INSTRUCTION_SET {

/// What a network's output becomes, and the slope of that.
template <class Lane>
struct Shaped {
  Lane value;
  Lane slope;
};

template <class Lane>
MATCHDAY_BODY Shaped<Lane> mean_of(const HeadPlan& head, Lane output) {
  if (head.squashed) return {output, Lane(1.0F)};
  const Lane tanh = squashed(output).tanh;
  return {tanh, Lane(1.0F) - tanh * tanh};
}

template <class Lane>
MATCHDAY_BODY Shaped<Lane> log_std_of(const HeadPlan& head, Lane output) {
  const Lane lowest = head.log_std_lowest;
  const Lane highest = head.log_std_highest;
  if (!head.squashed) {
    const auto outside = (output < lowest) | (output > highest);
    return {clamp(output, lowest, highest), select(outside, Lane(0.0F), Lane(1.0F))};
  }
  const Lane range = highest - lowest;
  const Lane share = Lane(1.0F) / (Lane(1.0F) + exponential(Lane(0.0F) - output).value());
  return {share * range + lowest, range * (share * (Lane(1.0F) - share))};
}

/// The mean that does what a teacher does. Full speed would be tanh of infinity.
template <class Lane>
MATCHDAY_BODY Lane taught_mean(const HeadPlan& head, Lane action) {
  if (!head.squashed) return action;
  const Lane most = most_taught;
  const Lane a = clamp(action, Lane(0.0F) - most, most);
  return Lane(0.5F) * (logarithm<Lane>(Lane(1.0F) + a) - logarithm<Lane>(Lane(1.0F) - a));
}

/// A lane of rows, besides their outputs and samples.
template <class Lane>
struct LossRow {
  Lane log_prob;  ///< as it was played
  Lane advantage;
  bool taught;          ///< whether there is a teacher
  Lane teacher_weight;  ///< of half the squared distance from what it does
};

template <class Lane>
struct LossSums {
  Lane figure[loss_figures];
};

/// The policy's part. read(k, mean, log_sigma, sample, taught) gives the outputs 4k .. 4k + 3 of `fours` such groups,
/// what was drawn there and what a teacher does; write(k, d_mean, d_log_sigma) takes the derivatives of the loss.
template <class Lane, class Read, class Write>
MATCHDAY_BODY LossSums<Lane> policy_loss(const LossOptions& options, const HeadPlan& head, int fours,
                                         const LossRow<Lane>& row, const Read& read, const Write& write) {
  constexpr float half_log_two_pi = 0.918938533F;
  const Lane zero = 0.0F;
  const Lane one = 1.0F;
  const auto deviation = [&](Lane mean, Lane log_std, Lane sample) {
    return (sample - mean) * exponential(zero - log_std).value();
  };
  Lane outputs[4];
  Lane log_sigmas[4];
  Lane samples[4];
  Lane taught[4];

  // 1. How likely the decision is now.
  Lane log_prob = zero;
  Lane entropy = zero;
  Lane sigma = zero;
  Lane distance = zero;
  for (int k = 0; k < fours; ++k) {
    read(k, outputs, log_sigmas, samples, taught);
    MATCHDAY_UNROLL
    for (int c = 0; c < 4; ++c) {
      const Lane log_std = log_std_of(head, log_sigmas[c]).value;
      const Lane mean = mean_of(head, outputs[c]).value;
      const Lane z = deviation(mean, log_std, samples[c]);
      Lane log_density = (Lane(-0.5F) * (z * z) - log_std) - Lane(half_log_two_pi);
      if (head.squashed) log_density = log_density - squashed(samples[c]).log_slope;
      log_prob = log_prob + log_density;
      entropy = entropy + log_std + Lane(0.5F + half_log_two_pi);
      sigma = sigma + exponential(log_std).value();
      if (row.taught) {
        const Lane away = mean - taught_mean(head, taught[c]);
        distance = distance + away * away;
      }
    }
  }

  // 2. What that gains, and how fast this grows with log p.
  const Lane log_ratio = log_prob - row.log_prob;
  Lane gain = row.advantage * log_prob;
  Lane slope = row.advantage;
  Lane kl = zero;
  Lane clipped = zero;
  if (options.gain == Gain::ppo) {
    const Lane ratio = exponential(log_ratio).value();
    const Lane kept = clamp(ratio, Lane(1.0F - options.clip), Lane(1.0F + options.clip));
    const Lane free_gain = ratio * row.advantage;
    const Lane kept_gain = kept * row.advantage;
    const auto no_more = kept_gain < free_gain;
    gain = select(no_more, kept_gain, free_gain);
    slope = select(no_more, zero, free_gain);
    kl = (ratio - one) - log_ratio;  // Schulman's estimate: unbiased, never negative
    clipped = select(ratio == kept, zero, one);
  }

  // 3. The derivatives by the outputs.
  const Lane weight = options.weight;
  const Lane by_log_prob = zero - slope * weight;
  const Lane by_entropy = Lane(options.entropy) * weight;
  const Lane by_distance = row.teacher_weight * weight;
  for (int k = 0; k < fours; ++k) {
    read(k, outputs, log_sigmas, samples, taught);
    Lane d_mean[4];
    Lane d_log_sigma[4];
    MATCHDAY_UNROLL
    for (int c = 0; c < 4; ++c) {
      const Shaped<Lane> mean = mean_of(head, outputs[c]);
      const Shaped<Lane> log_std = log_std_of(head, log_sigmas[c]);
      const Lane z = deviation(mean.value, log_std.value, samples[c]);
      Lane by_mean = by_log_prob * (z * exponential(zero - log_std.value).value());
      if (row.taught) by_mean = by_mean + by_distance * (mean.value - taught_mean(head, taught[c]));
      d_mean[c] = by_mean * mean.slope;
      d_log_sigma[c] = (by_log_prob * (z * z - one) - by_entropy) * log_std.slope;
    }
    write(k, d_mean, d_log_sigma);
  }
  const Lane pull = Lane(0.5F) * (row.teacher_weight * distance);
  return {{(pull - (gain + Lane(options.entropy) * entropy)) * weight, zero, entropy,
           sigma * Lane(0.25F / static_cast<float>(fours)), kl, clipped, distance}};
}

/// The same of a lane of rows in memory, from row m on.
template <class Lane>
MATCHDAY_BODY void policy_loss_of_rows(const LossOptions& options, const HeadPlan& head, const HeadArrays& arrays,
                                       std::int64_t m) {
  const std::int64_t row = arrays.pitch;
  LossRow<Lane> data;
  load(data.log_prob, arrays.log_prob + m);
  load(data.advantage, arrays.advantage + m);
  data.taught = arrays.teacher != nullptr;
  data.teacher_weight = data.taught ? *arrays.teacher_weight : 0.0F;
  const auto read = [&](int k, Lane(&mean)[4], Lane(&log_sigma)[4], Lane(&sample)[4], Lane(&taught)[4]) {
    load_four(mean, arrays.mean + m * row + 4 * k, row);
    load_four(log_sigma, arrays.log_sigma + m * row + 4 * k, row);
    load_four(sample, arrays.pre_squash + m * row + 4 * k, row);
    if (data.taught) load_four(taught, arrays.teacher + m * row + 4 * k, row);
  };
  const auto write = [&](int k, const Lane(&d_mean)[4], const Lane(&d_log_sigma)[4]) {
    store_four(d_mean, arrays.d_mean + m * row + 4 * k, row);
    store_four(d_log_sigma, arrays.d_log_sigma + m * row + 4 * k, row);
  };
  const LossSums<Lane> sums = policy_loss<Lane>(options, head, arrays.outputs / 4, data, read, write);
  for (int f = 0; f < loss_figures; ++f)
    for (int place = 0; place < LaneTraits<Lane>::matches; ++place)
      arrays.figures[(m + place) * loss_figures + f] = at_place(sums.figure[f], place);
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
