# matchday_version: version.h, with the version from git as it is at each build.

add_custom_target(
  matchday_version_header
  COMMAND ${CMAKE_COMMAND} -DVERSION=${PROJECT_VERSION} -DTORCH=${MATCHDAY_TORCH_VERSION}
          -DCUDA=${CMAKE_CUDA_COMPILER_VERSION} -DSOURCE=${PROJECT_SOURCE_DIR}
          -DHEADER=${PROJECT_BINARY_DIR}/generated/version.h -P ${CMAKE_CURRENT_LIST_DIR}/WriteVersion.cmake
  BYPRODUCTS ${PROJECT_BINARY_DIR}/generated/version.h
  VERBATIM)

add_library(matchday_version INTERFACE)
target_include_directories(matchday_version INTERFACE ${PROJECT_BINARY_DIR}/generated)
add_dependencies(matchday_version matchday_version_header)
