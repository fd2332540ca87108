// What a kernel body needs to be the same source for the host's compiler and for nvcc.
#pragma once

#if defined(__CUDACC__)
#define MATCHDAY_HOST_DEVICE __host__ __device__
#else
#define MATCHDAY_HOST_DEVICE
#endif
