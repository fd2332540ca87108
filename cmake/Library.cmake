# libmatchday: the rooms up to verify as one shared library, for C++ programs outside of this checkout. cmake --install puts
# it, our headers, torch's headers and a package for find_package(matchday) where such a program finds them;
# docs/howto/library.md has one.
set(library_rooms rules files config formats kernels sim policy evaluate train run verify)

add_library(matchday_library SHARED cmake/empty.cpp)
set_target_properties(matchday_library PROPERTIES OUTPUT_NAME matchday)
foreach(room IN LISTS library_rooms ITEMS reference)
  if(NOT room MATCHES "rules|kernels")
    list(APPEND library_files $<TARGET_FILE:matchday_${room}>)
    add_dependencies(matchday_library matchday_${room})
  endif()
endforeach()
target_link_libraries(
  matchday_library PRIVATE -Wl,--whole-archive ${library_files} -Wl,--no-whole-archive matchday_kernels
                           matchday_torch fmt::fmt spdlog::spdlog tomlplusplus::tomlplusplus)

# Both libraries show what is in our namespace and nothing of the libraries that we use.
foreach(target matchday_library matchday_kernels)
  target_link_options(${target} PRIVATE LINKER:--version-script=${CMAKE_CURRENT_LIST_DIR}/exported.map)
  set_target_properties(${target} PROPERTIES LINK_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/exported.map INSTALL_RPATH $ORIGIN)
endforeach()

install(TARGETS matchday_library LIBRARY DESTINATION lib/matchday COMPONENT library OPTIONAL) # ./matchday builds it with the tests
foreach(room IN LISTS library_rooms)
  install(
    DIRECTORY ${PROJECT_SOURCE_DIR}/${room} DESTINATION include/matchday COMPONENT library FILES_MATCHING PATTERN *.h
    PATTERN kernels/cuda EXCLUDE PATTERN kernels/devices.h EXCLUDE
    PATTERN kernels/operator_inputs.h EXCLUDE PATTERN formats/log_line.h EXCLUDE)
endforeach()

# Without torch's copy of fmt, which would hide the system's.
install(DIRECTORY ${MATCHDAY_TORCH_ROOT}/include/ DESTINATION lib/matchday/include COMPONENT library PATTERN fmt EXCLUDE)

include(CMakePackageConfigHelpers)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/matchdayConfig.cmake.in ${PROJECT_BINARY_DIR}/matchdayConfig.cmake
                              INSTALL_DESTINATION lib/cmake/matchday)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/matchdayConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/matchdayConfig.cmake ${PROJECT_BINARY_DIR}/matchdayConfigVersion.cmake
        DESTINATION lib/cmake/matchday COMPONENT library)
