#pragma once

#include <cereal/archives/binary.hpp>
#include <cereal/types/array.hpp>
#include <cereal/types/map.hpp>
#include <cereal/types/optional.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/vector.hpp>

#include <cstddef>
#include <istream>
#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>

// Values to bytes and back through their `serialize` members. The bytes are for this machine and
// this build's classes: a file of them says what wrote it (common/bus/snapshot.hpp).

namespace depthwire::state {

namespace detail {

/// Appends to a string.
class Appender final : public std::streambuf {
 public:
  explicit Appender(std::string& into) : into_(into) {}

 private:
  std::streamsize xsputn(const char* bytes, std::streamsize count) override {
    into_.append(bytes, static_cast<std::size_t>(count));
    return count;
  }
  int_type overflow(int_type c) override {
    into_.push_back(traits_type::to_char_type(c));
    return c;
  }

  std::string& into_;
};

/// Reads a view.
class Viewer final : public std::streambuf {
 public:
  explicit Viewer(std::string_view bytes) {
    char* begin = const_cast<char*>(bytes.data());  // never written to
    setg(begin, begin, begin + bytes.size());
  }
  [[nodiscard]] bool at_end() const { return gptr() == egptr(); }
};

}  // namespace detail

/// Appends the bytes of `value` to `bytes`.
template <class Value>
void save(const Value& value, std::string& bytes) {
  detail::Appender appender(bytes);
  std::ostream out(&appender);
  cereal::BinaryOutputArchive archive(out);
  archive(value);
}

/// Fills `value`. Throws std::exception when the bytes are not exactly one such value; `value` is
/// then of no use.
template <class Value>
void load(std::string_view bytes, Value& value) {
  detail::Viewer viewer(bytes);
  std::istream in(&viewer);
  cereal::BinaryInputArchive archive(in);
  archive(value);
  if (!viewer.at_end()) throw std::runtime_error("there are bytes behind the state");
}

}  // namespace depthwire::state
