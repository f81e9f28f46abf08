#include "services/analyzer/core/engine/catalogue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace depthwire::analyzer {
namespace {

TEST(SignalCatalogue, EveryNameIsThereOnceAndSaysWhatItIs) {
  std::set<std::string_view> names;
  for (const SignalInfo& info : signal_catalogue()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_FALSE(info.meaning.empty()) << info.name;
    EXPECT_GE(info.minimum_n, 1U) << info.name;
  }
}

TEST(SignalCatalogue, AMirrorImageIsMutual) {
  const auto all = signal_catalogue();
  for (const SignalInfo& info : all) {
    if (info.mirror != Mirror::becomes) continue;
    const auto image = std::find_if(all.begin(), all.end(), [&](const SignalInfo& other) {
      return other.name == info.mirror_name;
    });
    ASSERT_NE(image, all.end()) << info.name;
    EXPECT_EQ(image->mirror_name, info.name);
  }
}

}  // namespace
}  // namespace depthwire::analyzer
