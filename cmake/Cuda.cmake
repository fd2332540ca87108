# Sets MATCHDAY_WITH_CUDA and enables the language when nvcc is wanted and there.

set(MATCHDAY_WITH_CUDA OFF)
if(MATCHDAY_CUDA)
  find_program(MATCHDAY_NVCC nvcc PATHS /usr/local/cuda/bin DOC "The CUDA compiler")
  if(MATCHDAY_NVCC)
    set(MATCHDAY_WITH_CUDA ON)
  elseif(NOT MATCHDAY_CUDA STREQUAL "AUTO")
    message(FATAL_ERROR "MATCHDAY_CUDA is ${MATCHDAY_CUDA} but there is no nvcc (set MATCHDAY_NVCC)")
  endif()
endif()

if(MATCHDAY_WITH_CUDA)
  set(CMAKE_CUDA_COMPILER ${MATCHDAY_NVCC})
  # Turing, Ampere (Ada runs its code too), Hopper with wgmma; anything newer compiles the PTX when it first runs.
  if(NOT CMAKE_CUDA_ARCHITECTURES AND NOT DEFINED ENV{CUDAARCHS})
    set(CMAKE_CUDA_ARCHITECTURES 75-real 80-real 90a-real 90-virtual)
  endif()
  enable_language(CUDA)
  # The runtime is the one torch brings, so that a program holds one of them.
  set(CMAKE_CUDA_RUNTIME_LIBRARY None)
  # -fmad=false does for the GPU what -ffp-contract=off does for the CPU.
  add_compile_options($<$<COMPILE_LANGUAGE:CUDA>:-fmad=false>
                      $<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-fPIC,-ffp-contract=off>
                      $<$<COMPILE_LANGUAGE:CUDA>:--expt-relaxed-constexpr>)
endif()
message(STATUS "CUDA kernels: ${MATCHDAY_WITH_CUDA}")
