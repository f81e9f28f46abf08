# Writes the files of the page into one C++ source, so that the program needs no file beside it.
#   cmake -DOUTPUT=assets.cpp -DFILES=a;b -P embed.cmake
set(types_html "text/html; charset=utf-8")
set(types_css "text/css; charset=utf-8")
set(types_js "text/javascript; charset=utf-8")
set(types_svg "image/svg+xml")

set(arrays "")
set(rows "")
set(number 0)
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME)
  get_filename_component(extension "${file}" LAST_EXT)
  string(SUBSTRING "${extension}" 1 -1 extension)
  if(NOT DEFINED types_${extension})
    message(FATAL_ERROR "no content type for ${file}")
  endif()
  file(READ "${file}" bytes HEX)
  # A literal per 50 bytes: compilers need not take long ones.
  string(REPEAT "." 100 line)
  string(REGEX REPLACE "(${line})" "\\1\"\n    \"" bytes "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${bytes}")
  string(APPEND arrays "constexpr char file_${number}[] =\n    \"${bytes}\";\n")
  string(APPEND rows "    {\"/${name}\", \"${types_${extension}}\", {file_${number}, sizeof file_${number} - 1}},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE "${OUTPUT}" "#include \"services/gateway/page/assets.hpp\"

namespace depthwire::gateway {
namespace {

${arrays}
constexpr Asset files[] = {
${rows}};

}  // namespace

std::span<const Asset> page_assets() { return files; }

}  // namespace depthwire::gateway
")
