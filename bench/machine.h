// This machine's peak rates, measured: a benchmark's bound is computed from them.
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

/// Measured on `threads` threads of the CPU or on a GPU, whose operations are computed from the number, width and clock
/// of its multiprocessors. working_set: bytes. Throws std::runtime_error if a GPU does not report these.
MachinePeak machine_peak(at::Device device, int threads, std::int64_t working_set);

/// Flop/s of products in float32 (without TF32) or bfloat16 that nothing exceeds: of multiply-adds in the registers of
/// `threads` threads of the CPU, with the instruction set that the kernels use; of a GPU's lanes or tensor cores, by
/// their number and clock. If torch's product of two large matrices is faster, which other instructions may be, that is
/// it: 1024 x 1024 on a CPU; on a GPU large enough to keep it busy, 8192 x 8192 at most.
double product_rate(at::Device device, at::ScalarType precision, int threads);

}  // namespace matchday::bench
