// What this machine can do at most, measured: the ceilings of the bound.
#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <cstdint>

namespace matchday::bench {

struct MachinePeak {
  double bytes_per_second;     ///< read plus written, copying a working set of the benchmark's size
  double simple_per_second;    ///< float32 additions and multiplications, not fused
  double division_per_second;  ///< divisions and square roots
};

/// Measured on `threads` threads of the CPU, or on a GPU, where operations are its multiprocessors' number, width and
/// clock instead. working_set: bytes. Throws std::runtime_error if a GPU does not tell them.
MachinePeak machine_peak(at::Device device, int threads, std::int64_t working_set);

/// Flop/s of a product of two large matrices in float32 or bfloat16, by torch as training has it (float32 without
/// TF32): 1024 x 1024 on `threads` threads of the CPU; on a GPU as large as keeps it busy, 8192 x 8192 at most.
double product_rate(at::Device device, at::ScalarType precision, int threads);

}  // namespace matchday::bench
