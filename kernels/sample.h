// sample: one player's action, drawn from a Gaussian (policy/action_distribution.h), with its log-probability.
#pragma once

#include "kernels/gaussian.h"
#include "kernels/match.h"
#include "rules/observation.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// tanh of a number, and the logarithm of tanh's slope there.
template <class Lane>
struct Squashed {
  Lane tanh;
  Lane log_slope;
};

/// Right for any u, since tanh is never inverted nor 1 - tanh^2 computed, which rounds to 0:
/// with e = exp(-2 |u|), tanh |u| = (1 - e) / (1 + e) and log(1 - tanh(u)^2) = 2 (ln 2 - |u| - log(1 + e)).
/// Worst errors: tanh 2.5 ulp (1.5e-7); the logarithm 2.4e-7 for |u| < 1, beyond that an ulp of 2 |u|.
template <class Lane>
MATCHDAY_BODY Squashed<Lane> squashed(Lane u) {
  constexpr float ln2 = 0.693147181F;
  const Lane size = absolute(u);
  const Exponential<Lane> e = exponential(Lane(-2.0F) * size);
  const Lane tanh_of_size = (Lane(0.0F) - e.minus_one()) / (Lane(2.0F) + e.minus_one());
  return {select(u < Lane(0.0F), Lane(0.0F) - tanh_of_size, tanh_of_size),
          Lane(2.0F) * ((Lane(ln2) - size) - logarithm<Lane>(Lane(1.0F) + e.value()))};
}

/// What is drawn for one player of a lane's matches.
template <class Lane>
struct Sample {
  Lane pre_squash[4];
  Lane action[4];
  Lane log_prob;  ///< of the action's density, the sum over its components
};

/// squash: whether the action is tanh of what is drawn, or that itself.
template <class Lane>
MATCHDAY_BODY Sample<Lane> sample(const Lane (&mean)[4], const Lane (&log_std)[4], const Normals<Lane>& noise,
                                  bool squash) {
  constexpr float half_log_two_pi = 0.918938533F;
  Sample<Lane> drawn;
  drawn.log_prob = Lane(0.0F);
  MATCHDAY_UNROLL
  for (int k = 0; k < 4; ++k) {
    const Lane z = noise.number[k];
    drawn.pre_squash[k] = mean[k] + exponential(log_std[k]).value() * z;
    drawn.action[k] = drawn.pre_squash[k];
    Lane log_density = (Lane(-0.5F) * (z * z) - log_std[k]) - Lane(half_log_two_pi);
    if (squash) {
      const Squashed<Lane> bounded = squashed(drawn.pre_squash[k]);
      drawn.action[k] = bounded.tanh;
      log_density = log_density - bounded.log_slope;
    }
    drawn.log_prob = drawn.log_prob + log_density;
  }
  return drawn;
}

/// Calls take(side, row, noise) for every player of the matches from b on. side: that of his team in [2, B]; row: his
/// own in [2, B, N].
template <class Lane, class Take>
MATCHDAY_BODY void for_each_players_noise(const NoiseArrays& arrays, std::int64_t b, const Take& take) {
  WordOf<Lane> match;
  IntegerOf<Lane> episode;
  IntegerOf<Lane> clock;
  load(match, arrays.match + b);
  load(episode, arrays.episode + b);
  load(clock, arrays.clock + b);
  for (int k = 0; k < 2 * arrays.players; ++k) {
    const bool of_b = k >= arrays.players;
    const std::int64_t side = of_b ? arrays.matches + b : b;
    const std::int64_t row = side * arrays.players + (of_b ? k - arrays.players : k);
    take(side, row,
         noise_at<Lane>(match, episode, clock, arrays.first_slot + static_cast<std::uint32_t>(k), arrays.seed));
  }
}

/// The noise of all players of the matches from b on: noise [2, B, N, 4].
template <class Lane>
MATCHDAY_BODY void noise(const NoiseArrays& arrays, std::int64_t b, float* noise) {
  for_each_players_noise<Lane>(arrays, b, [&](std::int64_t, std::int64_t row, const Normals<Lane>& drawn) {
    store_four(drawn.number, noise + row * action_size, arrays.players * action_size);
  });
}

/// The actions of all players of the matches from b on.
template <class Lane>
MATCHDAY_BODY void sample_actions(const NoiseArrays& arrays, const SampleArrays& samples, std::int64_t b) {
  const std::int64_t stride = arrays.players * action_size;
  for_each_players_noise<Lane>(arrays, b, [&](std::int64_t side, std::int64_t row, const Normals<Lane>& noise) {
    Lane mean[action_size];
    Lane log_std[action_size];
    load_four(mean, samples.mean + row * action_size, stride);
    load_four(log_std, samples.log_std + row * action_size, stride);
    Sample<Lane> drawn = sample(mean, log_std, noise, samples.squash);
    if (samples.turn_b && side >= arrays.matches)
      for (Lane& component : drawn.action) component = Lane(0.0F) - component;
    store_four(drawn.pre_squash, samples.pre_squash + row * action_size, stride);
    const auto drawn_for = [&](int place) { return samples.bots == nullptr || !is_bot(samples.bots[side + place]); };
    store_four_where(drawn_for, drawn.action, samples.action + row * action_size, stride);
    for (int place = 0; place < LaneTraits<Lane>::matches; ++place)
      samples.log_prob[row + place * arrays.players] = at_place(drawn.log_prob, place);
  });
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
