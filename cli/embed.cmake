# Writes OUTPUT: embedded_default() with the text of INPUT.
file(READ "${INPUT}" text)
file(WRITE "${OUTPUT}" "#include \"cli/place.hpp\"

namespace depthwire::cli {
std::string_view embedded_default() {
  return R\"yaml(${text})yaml\";
}
}  // namespace depthwire::cli
")
