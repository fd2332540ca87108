// sample: one player's action, drawn from a Gaussian (sim/action_distribution.h), with its log-probability.
#pragma once

#include "kernels/gaussian.h"
#include "kernels/match.h"
#include "rules/observation.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// tanh of a number, and the logarithm of tanh's slope there.
template <class Float>
struct Squashed {
  Float tanh;
  Float log_slope;
};

/// Accurate for any u, since it neither inverts tanh nor computes 1 - tanh^2, which would round to 0:
/// with e = exp(-2 |u|), tanh |u| = (1 - e) / (1 + e) and log(1 - tanh(u)^2) = 2 (ln 2 - |u| - log(1 + e)).
/// Worst errors: tanh 2.5 ulp (1.5e-7); the logarithm 2.4e-7 for |u| < 1, beyond that an ulp of 2 |u|.
template <class Float>
MATCHDAY_HOST_DEVICE Squashed<Float> squashed(Float u) {
  constexpr float ln2 = 0.693147181F;
  const Float size = absolute(u);
  const Exponential<Float> e = exponential(Float(-2.0F) * size);
  const Float tanh_of_size = (Float(0.0F) - e.minus_one()) / (Float(2.0F) + e.minus_one());
  return {select(u < Float(0.0F), Float(0.0F) - tanh_of_size, tanh_of_size),
          Float(2.0F) * ((Float(ln2) - size) - logarithm<Float>(Float(1.0F) + e.value()))};
}

/// One player's sample, one match a lane.
template <class Float>
struct Sample {
  Float pre_squash[4];
  Float action[4];
  Float log_prob;  ///< of the action: log density, summed over its components
};

/// squash: whether the action is tanh of the sample, or the sample itself.
template <class Float>
MATCHDAY_HOST_DEVICE Sample<Float> sample(const Float (&mean)[4], const Float (&log_std)[4],
                                          const Normals<Float>& noise, bool squash) {
  constexpr float half_log_two_pi = 0.918938533F;
  Sample<Float> drawn;
  drawn.log_prob = Float(0.0F);
  MATCHDAY_UNROLL
  for (int k = 0; k < 4; ++k) {
    const Float z = noise.number[k];
    drawn.pre_squash[k] = mean[k] + exponential(log_std[k]).value() * z;
    drawn.action[k] = drawn.pre_squash[k];
    Float log_density = (Float(-0.5F) * (z * z) - log_std[k]) - Float(half_log_two_pi);
    if (squash) {
      const Squashed<Float> bounded = squashed(drawn.pre_squash[k]);
      drawn.action[k] = bounded.tanh;
      log_density = log_density - bounded.log_slope;
    }
    drawn.log_prob = drawn.log_prob + log_density;
  }
  return drawn;
}

/// Calls take(side, row, noise) for every player of the matches from b on. side: the team's flat index in [2, B]; row:
/// the player's in [2, B, N].
template <class Float, class Take>
MATCHDAY_HOST_DEVICE void for_each_players_noise(const NoiseArrays& arrays, std::int64_t b, const Take& take) {
  WordOf<Float> match;
  IntegerOf<Float> episode;
  IntegerOf<Float> clock;
  load(match, arrays.match + b);
  load(episode, arrays.episode + b);
  load(clock, arrays.clock + b);
  for (int k = 0; k < 2 * arrays.players; ++k) {
    const bool of_b = k >= arrays.players;
    const std::int64_t side = of_b ? arrays.matches + b : b;
    const std::int64_t row = side * arrays.players + (of_b ? k - arrays.players : k);
    take(side, row,
         noise_at<Float>(match, episode, clock, arrays.first_slot + static_cast<std::uint32_t>(k), arrays.seed));
  }
}

/// The noise of all players of the matches from b on: noise [2, B, N, 4].
template <class Float>
MATCHDAY_HOST_DEVICE void noise(const NoiseArrays& arrays, std::int64_t b, float* noise) {
  for_each_players_noise<Float>(arrays, b, [&](std::int64_t, std::int64_t row, const Normals<Float>& drawn) {
    store_four(drawn.number, noise + row * action_size, arrays.players * action_size);
  });
}

/// The actions of all players of the matches from b on.
template <class Float>
MATCHDAY_HOST_DEVICE void sample_actions(const NoiseArrays& arrays, const SampleArrays& samples, std::int64_t b) {
  const std::int64_t stride = arrays.players * action_size;
  for_each_players_noise<Float>(arrays, b, [&](std::int64_t side, std::int64_t row, const Normals<Float>& noise) {
    Float mean[action_size];
    Float log_std[action_size];
    load_four(mean, samples.mean + row * action_size, stride);
    load_four(log_std, samples.log_std + row * action_size, stride);
    Sample<Float> drawn = sample(mean, log_std, noise, samples.squash);
    if (samples.rotate_b && side >= arrays.matches)
      for (Float& component : drawn.action) component = Float(0.0F) - component;
    store_four(drawn.pre_squash, samples.pre_squash + row * action_size, stride);
    const auto drawn_for = [&](int lane) { return samples.bots == nullptr || !is_bot(samples.bots[side + lane]); };
    store_four_where(drawn_for, drawn.action, samples.action + row * action_size, stride);
    for (int lane = 0; lane < FloatTraits<Float>::lanes; ++lane)
      samples.log_prob[row + lane * arrays.players] = at_lane(drawn.log_prob, lane);
  });
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
