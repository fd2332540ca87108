// The device, the number of threads and the precision of training.
#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <string>

#include "config/config.h"

namespace matchday {

/// The device that a config names, with an index unless it is the CPU, as tensors report theirs. "auto" takes CUDA,
/// then MPS, then the CPU. Throws BadInput if the device is not available.
at::Device find_device(const std::string& name);

/// Number of training threads: 1 if a GPU does all the work.
int threads_of(const TrainOptions& options, at::Device device);

/// Precision of the hidden layers, float32 or bfloat16: "auto" takes bfloat16 on a GPU that multiplies it (compute
/// capability 8.0 or higher), else float32. Throws BadInput if the device doesn't support the requested one.
at::ScalarType precision_of(const TrainOptions& options, at::Device device);

}  // namespace matchday
