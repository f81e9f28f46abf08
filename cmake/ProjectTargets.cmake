# One folder, one target. Sources are listed; flags come only through depthwire::options.
include(CMakeParseArguments)
add_custom_target(depthwire_programs COMMENT "all programs")
add_custom_target(depthwire_benches COMMENT "all benchmarks")
foreach(label unit smoke tsan)
  add_custom_target(tests_${label} COMMENT "all tests with the label ${label}")
endforeach()

# depthwire_library(market SOURCES book.cpp LINK tl::expected) -> depthwire::market
function(depthwire_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  if(ARG_SOURCES)
    add_library(depthwire_${name} STATIC ${ARG_SOURCES})
    target_link_libraries(depthwire_${name} PUBLIC ${ARG_LINK} PRIVATE depthwire::options)
    target_include_directories(depthwire_${name} PUBLIC "${PROJECT_SOURCE_DIR}")
  else()
    add_library(depthwire_${name} INTERFACE)
    target_link_libraries(depthwire_${name} INTERFACE ${ARG_LINK})
    target_include_directories(depthwire_${name} INTERFACE "${PROJECT_SOURCE_DIR}")
  endif()
  add_library(depthwire::${name} ALIAS depthwire_${name})
endfunction()

# depthwire_program(depthwire-streaming SOURCES main.cpp LINK depthwire::streaming_core) -> bin/depthwire-streaming
function(depthwire_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} depthwire::options)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
  install(TARGETS ${name} RUNTIME)
  add_dependencies(depthwire_programs ${name})
endfunction()

# Gives the test what its labels ask for; `target` (or nothing) is what has to be built for it. For
# tests that are no program of their own, such as Python scripts.
function(depthwire_label_test test labels)
  set_tests_properties(${test} PROPERTIES LABELS "${labels}")
  if("e2e" IN_LIST labels AND NOT "waits" IN_LIST labels)
    set_tests_properties(${test} PROPERTIES RUN_SERIAL ON)
  endif()
  foreach(label IN LISTS labels)
    if(TARGET tests_${label} AND ARGN)
      add_dependencies(tests_${label} ${ARGN})
    endif()
  endforeach()
endfunction()

# depthwire_test(market_test SOURCES book_test.cpp LINK depthwire::market LABELS unit)
# Labels: unit; e2e (several processes, runs alone unless it mostly waits); smoke (an e2e that also
# runs under ASan); long (release only); tsan (set here for the core and the transport, whose threads
# TSan understands).
function(depthwire_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  if(NOT BUILD_TESTING)
    return()
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  file(RELATIVE_PATH folder "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}")
  if(folder MATCHES "^common/(market|codec|journal|bus)$" OR name MATCHES "_core_test$")
    list(APPEND ARG_LABELS tsan)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} depthwire::options GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
    # What a user has set for the simulator is not for those that tests start.
    ENVIRONMENT "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/tsan.supp;DEPTHWIRE_RECORDING=")
  depthwire_label_test(${name} "${ARG_LABELS}" ${name})
endfunction()

# depthwire_bench(bus_bench SOURCES bus.cpp LINK ...) -> bin/bench/bus_bench, run by `make bench`
function(depthwire_bench name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} depthwire::options)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin/bench")
  add_dependencies(depthwire_benches ${name})
endfunction()
