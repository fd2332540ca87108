# matchday_torch: the C++ libraries of the torch wheel, taken from the wheel's folder.
#
# find_package(Torch) is not used, as the wheel's own configuration demands a CUDA toolkit even for a program that only
# uses the CPU. Here such a program links torch_cpu and c10; with CUDA also torch_cuda and c10_cuda.

# Reading version.py takes no time; importing torch takes seconds. -E: pip hides the packages from a build of a wheel by
# variables of the environment.
execute_process(
  COMMAND ${MATCHDAY_PYTHON} -E -c "import importlib.util as u, pathlib, runpy
root = pathlib.Path(u.find_spec('torch').origin).parent
v = runpy.run_path(root / 'version.py')
print(root, v['__version__'], v['cuda'] or '', sep=';', end='')"
  OUTPUT_VARIABLE torch_facts
  ERROR_VARIABLE torch_error
  RESULT_VARIABLE torch_status)
if(NOT torch_status EQUAL 0)
  message(FATAL_ERROR "${MATCHDAY_PYTHON} has no torch (set MATCHDAY_PYTHON, or run ./matchday):\n${torch_error}")
endif()
list(GET torch_facts 0 MATCHDAY_TORCH_ROOT)
list(GET torch_facts 1 MATCHDAY_TORCH_VERSION)
list(GET torch_facts 2 torch_cuda)
cmake_path(GET MATCHDAY_TORCH_ROOT PARENT_PATH MATCHDAY_WHEELS)  # torch lies among the wheels of its CUDA libraries
message(STATUS "torch ${MATCHDAY_TORCH_VERSION} in ${MATCHDAY_TORCH_ROOT}")

# The wheel ships headers of another fmt than the system's, which spdlog uses; the system's must come first.
set(first_headers ${PROJECT_BINARY_DIR}/system-headers)
file(MAKE_DIRECTORY ${first_headers})
file(CREATE_LINK ${CMAKE_SYSROOT}/usr/include/fmt ${first_headers}/fmt SYMBOLIC)

add_library(matchday_torch INTERFACE)
target_include_directories(
  matchday_torch SYSTEM INTERFACE ${first_headers} ${MATCHDAY_TORCH_ROOT}/include
                                  ${MATCHDAY_TORCH_ROOT}/include/torch/csrc/api/include)

set(torch_libraries torch_cpu c10)
if(MATCHDAY_WITH_CUDA)
  string(REGEX MATCH "^[0-9]+" torch_cuda_major "${torch_cuda}")
  string(REGEX MATCH "^[0-9]+" nvcc_major "${CMAKE_CUDA_COMPILER_VERSION}")
  if(NOT nvcc_major STREQUAL torch_cuda_major)
    message(FATAL_ERROR "nvcc ${CMAKE_CUDA_COMPILER_VERSION} and torch's CUDA \"${torch_cuda}\" differ; "
                        "use -DMATCHDAY_CUDA=OFF or another nvcc (MATCHDAY_NVCC)")
  endif()
  list(APPEND torch_libraries torch_cuda c10_cuda)
  file(GLOB_RECURSE cudart ${MATCHDAY_WHEELS}/nvidia/*/libcudart.so.${nvcc_major})
  target_link_libraries(matchday_torch INTERFACE ${cudart})
  target_include_directories(matchday_torch SYSTEM INTERFACE ${CMAKE_CUDA_TOOLKIT_INCLUDE_DIRECTORIES})
  target_compile_definitions(matchday_torch INTERFACE MATCHDAY_WITH_CUDA)
endif()
foreach(name IN LISTS torch_libraries)
  target_link_libraries(matchday_torch INTERFACE ${MATCHDAY_TORCH_ROOT}/lib/lib${name}.so)
endforeach()

# One precompiled header for all rooms that see torch. It leaves out torch/torch.h, which takes longer to load
# precompiled than all of ATen takes to read; the few files that need it include it.
add_library(matchday_torch_header OBJECT ${PROJECT_SOURCE_DIR}/cmake/empty.cpp)
target_link_libraries(matchday_torch_header PRIVATE matchday_torch matchday_warnings)
target_precompile_headers(matchday_torch_header PRIVATE <ATen/ATen.h> <torch/types.h> <torch/library.h>
                          <torch/csrc/autograd/autograd.h>)
