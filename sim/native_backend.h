// The native backend: our own kernels, on the CPU and on CUDA.
#pragma once

#include <memory>

#include "sim/backend.h"

namespace matchday {

std::shared_ptr<const Backend> make_native_backend(const operators::MatchSetup& setup);

}  // namespace matchday
