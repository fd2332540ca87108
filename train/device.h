// Where training runs, and how it computes there.
#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <string>

#include "train/config.h"

namespace matchday {

/// The device a config names, with its number where it has one, as tensors give theirs: "auto" takes CUDA, then MPS,
/// then the CPU. Throws BadInput if it is not there.
at::Device find_device(const std::string& name);

/// How many threads train: on a GPU it does all the work.
int threads_of(const TrainOptions& options, at::Device device);

/// What hidden layers are computed in, float32 or bfloat16: "auto" takes bfloat16 on a GPU that multiplies it (compute
/// capability 8.0), else float32. Throws BadInput if the device can't.
at::ScalarType precision_of(const TrainOptions& options, at::Device device);

}  // namespace matchday
