// Time, and waiting for a device.
#pragma once

#include <c10/core/Device.h>

namespace matchday::bench {

/// A figure is the best of so many runs.
inline constexpr int runs = 5;

/// Seconds since an arbitrary moment.
double now();

/// Waits until the device has finished all queued work.
void finish(at::Device device);

}  // namespace matchday::bench
