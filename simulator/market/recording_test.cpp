#include "simulator/market/recording.hpp"

#include "simulator/market/line_reader.hpp"
#include "simulator/market/test_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace depthwire::simulator {
namespace {

using testing::ElementsAre;

constexpr std::string_view ticks = "ts_us,bid,ask,bid_vol,ask_vol\n10,1.1,1.2,,\n";

std::vector<std::string> names(std::vector<std::filesystem::path> files) {
  std::vector<std::string> symbols;
  for (const auto& file : name_symbols(std::move(files))) symbols.push_back(file.symbol);
  return symbols;
}

TEST(Recording, ASymbolIsCalledAsItsFileUpToTheFirstDot) {
  EXPECT_THAT(names({"l2/BTCUSD_PERP.binance-cm.20240808T2354.csv.zst", "AMZN.csv"}),
              ElementsAre("AMZN", "BTCUSD_PERP"));
}

TEST(Recording, OfSeveralSourcesTheFirstByFileNameKeepsTheName) {
  EXPECT_THAT(names({"b/EURUSD.oanda.csv.zst", "a/EURUSD.fxcm.csv.zst",
                     "c/EURUSD.dukascopy-20190204.csv.zst"}),
              ElementsAre("EURUSD", "EURUSD.fxcm", "EURUSD.oanda"));
}

TEST(Recording, TwoFilesOfOneSourceAreToldApartByTheRestOfTheirNames) {
  EXPECT_THAT(names({"X.a.1.csv", "X.a.2.csv", "X.a.3.csv", "copy/X.a.3.csv"}),
              ElementsAre("X", "X.a", "X.a.3", "X.a.3.2"));
}

TEST(Recording, ADirectoryIsEveryKnownFileBelowIt) {
  const TestFiles files;
  files.write("fx/EURUSD.a.csv", ticks);
  files.write_zstd("fx/deep/GBPUSD.a.csv.zst", ticks);
  files.write("bars/USDJPY.csv", "ts_s,open,high,low,close\n1,1,1,1,1\n");
  files.write("README.md", "text");
  files.write("empty.csv", "");

  const auto sources = open_recordings(files.directory(), {});

  ASSERT_EQ(sources.size(), 2U);
  EXPECT_EQ(sources[0]->info().name, "EURUSD");
  EXPECT_EQ(sources[1]->info().name, "GBPUSD");
}

TEST(Recording, CanBeNarrowedToSomeSymbols) {
  const TestFiles files;
  files.write("EURUSD.csv", ticks);
  files.write("GBPUSD.csv", ticks);
  const std::vector<std::string> only{"GBPUSD"};

  EXPECT_EQ(open_recordings(files.directory(), only).size(), 1U);
}

TEST(Recording, WithNothingInItIsAnError) {
  const TestFiles files;
  files.write("README.md", "text");

  EXPECT_THROW((void)open_recordings(files.directory(), {}), std::runtime_error);
}

TEST(Recording, ANamedFileOfNoKnownKindIsCorrupt) {
  const TestFiles files;

  EXPECT_THROW((void)open_recordings(files.write("a.csv", "what,is,this\n"), {}), CorruptRecording);
}

}  // namespace
}  // namespace depthwire::simulator
