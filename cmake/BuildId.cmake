# Writes OUTPUT with the build id "<VERSION>+<commit>"; touches it only when the id changed.
# Run as a script: cmake -DSOURCE_DIR= -DVERSION= -DOUTPUT= [-DBUILD_ID=] -P BuildId.cmake
if(NOT BUILD_ID)
  execute_process(COMMAND git -C "${SOURCE_DIR}" log -1 --format=%h --abbrev=10
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  set(BUILD_ID "${VERSION}")
  if(NOT failed AND commit)
    string(APPEND BUILD_ID "+${commit}")
  endif()
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" CONTENT [[
#include "common/service/build_id.hpp"

namespace depthwire::service {
std::string_view build_id() { return "@BUILD_ID@"; }
}  // namespace depthwire::service
]] @ONLY)
