// Adam's constants (Kingma & Ba 2015), on the CPU and on a GPU.
#pragma once

namespace matchday {

struct AdamOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double gradient_norm = 1.0;  ///< gradients with a larger norm are scaled down to this
};

/// Keeps the scale of a gradient defined where its norm is 0; the value of torch's clip_grad_norm_.
inline constexpr double gradient_norm_floor = 1e-6;

}  // namespace matchday
