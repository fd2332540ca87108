# matchday_room(NAME FILE...): the static library matchday_NAME of these files.
# matchday_sees_torch(TARGET): TARGET may include torch.

# Files of a room that are compiled together read the headers of torch, CLI11 and JSON once: half the time for a whole
# build, more for one after a change. So names in a room's unnamed namespaces are different.
option(MATCHDAY_JOIN_FILES "Compile each room's files together, up to ten at a time" OFF)

function(matchday_room name)
  add_library(matchday_${name} STATIC ${ARGN})
  target_include_directories(matchday_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(matchday_${name} PRIVATE matchday_warnings)
  set_target_properties(matchday_${name} PROPERTIES UNITY_BUILD ${MATCHDAY_JOIN_FILES} UNITY_BUILD_BATCH_SIZE 10)
endfunction()

function(matchday_sees_torch target)
  target_link_libraries(${target} PUBLIC matchday_torch)
  target_precompile_headers(${target} REUSE_FROM matchday_torch_header)
endfunction()
