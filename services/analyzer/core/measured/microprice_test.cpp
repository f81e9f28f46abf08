#include "services/analyzer/core/measured/microprice.hpp"

#include "services/analyzer/core/book/known_books.hpp"

#include <gtest/gtest.h>

namespace depthwire::analyzer {
namespace {

TEST(Microprice, TheWeightedMidOfTheReferenceBook) {
  const auto book = testing::reference_book();

  const double weighted =
      weighted_mid(*book.touch(market::Side::bid), *book.touch(market::Side::ask));

  EXPECT_NEAR(weighted, 100.714286, testing::tolerance);  // (5 x 101 + 2 x 100) / 7
}

}  // namespace
}  // namespace depthwire::analyzer
