#include "common/state/state.hpp"

#include "common/state/serialize_map.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>

namespace depthwire::state {
namespace {

struct Inner {
  explicit Inner(int given) : factor(given) {}
  int factor;  // not part of the state: given anew
  std::optional<double> value;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(value);
  }
};

struct Outer {
  std::map<std::string, Inner> inners;
  std::array<std::int64_t, 3> numbers{};

  template <class Archive>
  void serialize(Archive& archive) {
    serialize_map(archive, inners, [this](const std::string& key) -> Inner& {
      return inners.try_emplace(key, 7).first->second;
    });
    archive(numbers);
  }
};

Outer example() {
  Outer outer{.inners = {{"a", Inner(7)}, {"b", Inner(7)}}, .numbers = {1, -2, 3}};
  outer.inners.at("b").value = 0.1;
  return outer;
}

TEST(State, ComesBackAsItWas) {
  std::string bytes;
  save(example(), bytes);
  Outer loaded;
  loaded.inners.emplace("old", Inner(1));

  load(bytes, loaded);

  EXPECT_EQ(loaded.inners.size(), 2U);
  EXPECT_FALSE(loaded.inners.at("a").value);
  EXPECT_EQ(loaded.inners.at("b").value, 0.1);
  EXPECT_EQ(loaded.inners.at("b").factor, 7);
  EXPECT_EQ(loaded.numbers, (std::array<std::int64_t, 3>{1, -2, 3}));
}

TEST(State, TooFewOrTooManyBytesAreRefused) {
  std::string bytes;
  save(example(), bytes);
  Outer loaded;

  EXPECT_ANY_THROW(load(std::string_view(bytes).substr(0, bytes.size() - 1), loaded));
  EXPECT_ANY_THROW(load(bytes + "x", loaded));
  EXPECT_ANY_THROW(load("", loaded));
}

}  // namespace
}  // namespace depthwire::state
