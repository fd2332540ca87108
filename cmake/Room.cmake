# matchday_room(NAME FILE...): the static library matchday_NAME of these files.
# matchday_sees_torch(TARGET): TARGET may include torch.

function(matchday_room name)
  add_library(matchday_${name} STATIC ${ARGN})
  target_include_directories(matchday_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(matchday_${name} PRIVATE matchday_warnings)
endfunction()

function(matchday_sees_torch target)
  target_link_libraries(${target} PUBLIC matchday_torch)
  target_precompile_headers(${target} REUSE_FROM matchday_torch_header)
endfunction()
