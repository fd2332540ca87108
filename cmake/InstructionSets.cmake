# matchday_for_each_instruction_set(TARGET FILES...): compiles FILES into TARGET once for each instruction set, whose name they
# find in MATCHDAY_INSTRUCTION_SET. TARGET chooses when the program runs; MATCHDAY_HAS_NAME tells it of each.

# A fuzzer looks at what reads files, and one set of kernels compiles in a third of the time.
set(all_instruction_sets baseline)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" AND NOT MATCHDAY_SANITIZE MATCHES "fuzzer")
  list(APPEND all_instruction_sets x86_64_v3 x86_64_v4)
endif()
set(MATCHDAY_INSTRUCTION_SETS ${all_instruction_sets} CACHE STRING "which of baseline, x86_64_v3 and x86_64_v4; the tests need baseline")
set(MATCHDAY_FLAGS_OF_baseline "")
set(MATCHDAY_FLAGS_OF_x86_64_v3 -march=x86-64-v3)
set(MATCHDAY_FLAGS_OF_x86_64_v4 -march=x86-64-v4)
set(MATCHDAY_FLAGS_OF_x86_64_v4_bf16 -march=x86-64-v4 -mavx512bf16)

# Optimised in debug builds too: there is nothing to step through in vectors, and tests would take hours. With the
# sanitizers it is the compiler that would take an hour.
set(optimised -O3)
if(MATCHDAY_SANITIZE)
  set(optimised -O1)
endif()

# matchday_for_instruction_set(TARGET NAME FILES...): for one of them.
function(matchday_for_instruction_set target name)
  add_library(${target}_${name} OBJECT ${ARGN})
  target_compile_definitions(${target}_${name} PRIVATE MATCHDAY_INSTRUCTION_SET=${name})
  target_compile_options(${target}_${name} PRIVATE ${optimised} ${MATCHDAY_FLAGS_OF_${name}})
  target_link_libraries(${target}_${name} PRIVATE matchday_rules matchday_warnings)
  target_sources(${target} PRIVATE $<TARGET_OBJECTS:${target}_${name}>)
  target_compile_definitions(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:MATCHDAY_HAS_${name}>")
endfunction()

function(matchday_for_each_instruction_set target)
  foreach(name IN LISTS MATCHDAY_INSTRUCTION_SETS)
    matchday_for_instruction_set(${target} ${name} ${ARGN})
  endforeach()
endfunction()

# What multiplies bfloat16 by instructions of its own, beside the instruction set that all else is compiled for.
if(x86_64_v4 IN_LIST MATCHDAY_INSTRUCTION_SETS)
  set(MATCHDAY_BFLOAT16_SETS x86_64_v4_bf16)
endif()
