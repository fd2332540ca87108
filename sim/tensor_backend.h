// The tensor backend: plain ATen operations (sim/tensor/), for any torch device.
#pragma once

#include <memory>

#include "sim/backend.h"

namespace matchday {

std::shared_ptr<const Backend> make_tensor_backend(const operators::MatchSetup& setup);

}  // namespace matchday
