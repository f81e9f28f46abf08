# cmake -DOUT=schema_sql.cpp "-DFILES=0001_a.sql;0002_b.sql" -P embed.cmake
# Writes the migrations as C++: a program carries the schema it was built with.
set(body "")
set(count 0)
foreach(file IN LISTS FILES)
  get_filename_component(stem "${file}" NAME_WE)
  math(EXPR count "${count} + 1")
  file(READ "${file}" sql)
  string(APPEND body "    {${count}, \"${stem}\", R\"sql(${sql})sql\"},\n")
endforeach()
file(WRITE "${OUT}" "#include \"services/persister/sql/schema.hpp\"

#include <array>

namespace depthwire::persister {

namespace {
constexpr std::array<postgres::Migration, ${count}> migrations = {{
${body}}};
}  // namespace

std::span<const postgres::Migration> schema() { return migrations; }

}  // namespace depthwire::persister
")
