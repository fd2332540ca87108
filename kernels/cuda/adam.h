// Adam on a GPU in two launches: the gradient's norm and what follows from it; the parameters' step.
#pragma once

#include <driver_types.h>

#include <cstdint>

#include "kernels/adam_options.h"

namespace matchday::kernels {

/// What an optimiser step reads and writes (train/adam.h); P parameters.
struct AdamArrays {
  std::int64_t size = 0;                 ///< P
  const float* gradient = nullptr;       ///< [P]
  const float* learning_rate = nullptr;  ///< [1]
  const bool* pause = nullptr;           ///< [1]: whether nothing may change; null: no
  float* parameters = nullptr;           ///< [P]
  float* mean = nullptr;                 ///< [P], of the gradients
  float* square = nullptr;               ///< [P], of the gradients
  float* steps = nullptr;                ///< [1]
  float* skipped = nullptr;              ///< [1]: steps whose gradient was not finite
  std::int64_t* culprit = nullptr;       ///< [1]: the first number that was not, in the last of these
  float* found = nullptr;                ///< [adam_findings]
  AdamOptions options;
};

/// What the first launch finds for the second.
enum AdamFinding {
  norm_finding,   ///< of the gradient, before it is scaled down
  scale_finding,  ///< of the gradient; below 0: nothing changes
  rate_finding,   ///< learning rate by the mean's bias
  bias_finding,   ///< root of the square's bias
  adam_findings
};

void adam_step_cuda(const AdamArrays& arrays, cudaStream_t stream);

}  // namespace matchday::kernels
