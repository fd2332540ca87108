# The language, the flags and the warnings of all of matchday's own code.

# By hand and not by CMAKE_CXX_STANDARD, which holds for nvcc too, whose C++20 CMake before 3.26 does not know.
add_compile_options(-std=c++20)

# Results are the same bits on every backend, so no compiler may fuse a*b+c into one rounding. The other two switch off
# things that we never look at (errno, floating point exceptions) and that keep loops from being vectorised.
add_compile_options(
  $<$<COMPILE_LANGUAGE:CXX>:-ffp-contract=off> $<$<COMPILE_LANGUAGE:CXX>:-fno-math-errno>
  $<$<COMPILE_LANGUAGE:CXX>:-fno-trapping-math>
  # -fPIC for programs too, so that all rooms can share one precompiled header.
  $<$<COMPILE_LANGUAGE:CXX>:-fPIC>)

# Libraries that only register themselves (our operators, torch's CUDA backend) must stay linked though nothing names
# them; Ubuntu's gcc drops such libraries unless told.
add_link_options(LINKER:--no-as-needed)

if(MATCHDAY_SANITIZE)
  # Undefined behaviour ends the program too, so that no test passes over it.
  add_compile_options(
    $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=${MATCHDAY_SANITIZE}> $<$<COMPILE_LANGUAGE:CXX>:-fno-sanitize-recover=all>
    $<$<COMPILE_LANGUAGE:CXX>:-fno-omit-frame-pointer>)
  add_link_options(-fsanitize=${MATCHDAY_SANITIZE})
endif()

# Warnings are for our code alone: torch's and OpenCV's headers are system headers.
add_library(matchday_warnings INTERFACE)
target_compile_options(
  matchday_warnings
  INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wnon-virtual-dtor;-Woverloaded-virtual>
            $<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-Wall,-Wextra>)
if(MATCHDAY_WERROR)
  target_compile_options(matchday_warnings INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Werror>
                                                     $<$<COMPILE_LANGUAGE:CUDA>:-Werror=all-warnings>)
endif()

# With a precompiled header ccache needs to be told that __TIME__ in it does not matter, and gcc to keep its macros apart.
find_program(MATCHDAY_CCACHE ccache)
if(MATCHDAY_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros ${MATCHDAY_CCACHE})
  set(CMAKE_CUDA_COMPILER_LAUNCHER ${MATCHDAY_CCACHE})
  add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>)
endif()
