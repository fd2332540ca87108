# cmake --install puts the program into bin/ and our operators, torch and all that torch needs from its wheels into
# lib/matchday/, so that it runs without the checkout. Torch's libraries find each other there, as their own search
# path ends in the folder they lie in; the system's packages (OpenCV and the like) stay with the system. Components: program
# and torch are what it takes to run, library (cmake/Library.cmake) what it takes to build programs of one's own.
set_target_properties(matchday PROPERTIES INSTALL_RPATH $ORIGIN/../lib/matchday)
install(TARGETS matchday RUNTIME DESTINATION bin COMPONENT program)
install(TARGETS matchday_kernels LIBRARY DESTINATION lib/matchday COMPONENT program)

# The trained team and the configs.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/models ${PROJECT_SOURCE_DIR}/configs DESTINATION share/matchday
        COMPONENT program)

# What torch loads by name only when it needs it, and so is in no list of needed libraries.
if(MATCHDAY_WITH_CUDA)
  file(GLOB loaded_by_name ${MATCHDAY_TORCH_ROOT}/lib/libtorch_cuda_linalg.so ${MATCHDAY_TORCH_ROOT}/lib/libcaffe2_nvrtc.so
       ${MATCHDAY_WHEELS}/nvidia/cudnn/lib/*.so.* ${MATCHDAY_WHEELS}/nvidia/cu*/lib/libnvrtc-builtins.so.*)
endif()

install(CODE "
  file(GET_RUNTIME_DEPENDENCIES
    EXECUTABLES $<TARGET_FILE:matchday>
    LIBRARIES $<TARGET_FILE:matchday_kernels> ${loaded_by_name}
    RESOLVED_DEPENDENCIES_VAR libraries
    UNRESOLVED_DEPENDENCIES_VAR missing
    CONFLICTING_DEPENDENCIES_PREFIX conflicts
    POST_INCLUDE_REGEXES \"^${MATCHDAY_WHEELS}/\"
    POST_EXCLUDE_REGEXES .*)
  list(APPEND libraries ${loaded_by_name})
  list(REMOVE_DUPLICATES libraries)
  file(INSTALL \${libraries} DESTINATION \${CMAKE_INSTALL_PREFIX}/lib/matchday FOLLOW_SYMLINK_CHAIN)
" COMPONENT torch)
