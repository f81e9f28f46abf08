# depthwire::options: language, warnings and sanitizers, linked by every target of ours.
set(DEPTHWIRE_SANITIZE "" CACHE STRING "sanitizers, comma separated: address,undefined or thread")

option(DEPTHWIRE_FUZZ "build the fuzzers of tests/fuzz; needs clang" OFF)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_library(depthwire_options INTERFACE)
add_library(depthwire::options ALIAS depthwire_options)
target_compile_features(depthwire_options INTERFACE cxx_std_20)
target_include_directories(depthwire_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(depthwire_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Woverloaded-virtual -Wnon-virtual-dtor
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond> $<$<CXX_COMPILER_ID:GNU>:-Wlogical-op>
  -Wno-missing-field-initializers -Werror
  # In a unity build sources are included one after another: what is local to one is no name that
  # the next one hides. clang-tidy looks at each alone.
  $<$<BOOL:${CMAKE_UNITY_BUILD}>:-Wno-shadow>
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<BOOL:${CMAKE_UNITY_BUILD}>>:-Wno-subobject-linkage>
  # Same input, same bytes: no fused multiply-add behind our back.
  -ffp-contract=off)

# Sanitizers cover generated code too, or their reports would stop at its border.
if(DEPTHWIRE_SANITIZE)
  add_compile_options(-fsanitize=${DEPTHWIRE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${DEPTHWIRE_SANITIZE})
  add_compile_definitions(DEPTHWIRE_SANITIZED)  # for tests that then do less
endif()

# The fuzzers steer by the branches that an input takes, so all code has to report them.
if(DEPTHWIRE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
