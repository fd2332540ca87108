#include "bench/clock.h"

#include <c10/core/impl/VirtualGuardImpl.h>

#include <chrono>

namespace matchday::bench {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

void finish(at::Device device) {
  if (!device.is_cpu()) c10::impl::VirtualGuardImpl(device.type()).synchronizeDevice(device.index());
}

}  // namespace matchday::bench
