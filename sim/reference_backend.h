// The reference backend: the scalar core (sim/reference/) behind the interface of the fast ones, on a CPU.
#pragma once

#include <memory>

#include "sim/backend.h"

namespace matchday {

std::shared_ptr<const Backend> make_reference_backend(const operators::MatchSetup& setup);

}  // namespace matchday
