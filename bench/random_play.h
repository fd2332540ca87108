// Random actions for benchmarks: different for every player and step, and at no cost.
#pragma once

#include <ATen/ATen.h>

#include "rules/observation.h"
#include "sim/simulator.h"

namespace matchday::bench {

/// Uniform actions in [-1, 1]: views of one strip of random numbers, at a different offset in each step.
class RandomPlay {
 public:
  explicit RandomPlay(const Simulator& simulator)
      : shape_{2, simulator.matches(), simulator.rules().players, action_size} {
    auto generator = at::make_generator<at::CPUGeneratorImpl>(std::uint64_t{7});
    const std::int64_t numbers = c10::multiply_integers(shape_) + cuts * apart;
    strip_ = at::rand({numbers}, generator).mul_(2.0).sub_(1.0).to(simulator.device());
  }

  /// float32 [2, B, N, 4], a view.
  at::Tensor action(std::int64_t step) const {
    return strip_.narrow(0, step % cuts * apart, c10::multiply_integers(shape_)).view(shape_);
  }

 private:
  static constexpr std::int64_t cuts = 61;
  static constexpr std::int64_t apart = 4 * 97;  ///< numbers between cuts: whole actions, so that they stay aligned
  std::vector<std::int64_t> shape_;
  at::Tensor strip_;
};

}  // namespace matchday::bench
