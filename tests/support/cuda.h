// Tests that need a CUDA device are skipped without one.
#pragma once

#include "tests/support/catch.h"

#ifdef MATCHDAY_WITH_CUDA
#include <c10/cuda/CUDAFunctions.h>
#define SKIP_WITHOUT_CUDA() \
  if (c10::cuda::device_count() == 0) SKIP_TEST("no CUDA device")
#else
#define SKIP_WITHOUT_CUDA() SKIP_TEST("built without CUDA")
#endif
