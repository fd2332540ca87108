// Time, and waiting for a device.
#pragma once

#include <c10/core/Device.h>

namespace matchday::bench {

/// Seconds since some moment.
double now();

/// Waits until the device has done all that it was told to.
void finish(at::Device device);

}  // namespace matchday::bench
