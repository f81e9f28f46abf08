#include "simulator/market/line_reader.hpp"

#include "simulator/market/test_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <system_error>
#include <vector>

namespace depthwire::simulator {
namespace {

std::vector<std::string> lines_of(const std::filesystem::path& file) {
  LineReader reader(file);
  std::vector<std::string> lines;
  std::string_view line;
  while (reader.next(line)) lines.emplace_back(line);
  return lines;
}

std::string many_lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "line " + std::to_string(i) + "\n";
  return text;
}

TEST(LineReader, GivesTheLinesOfPlainText) {
  const TestFiles files;

  EXPECT_THAT(lines_of(files.write("a.csv", "one\n\ntwo\r\nlast")),
              testing::ElementsAre("one", "", "two", "last"));
  EXPECT_THAT(lines_of(files.write("b.csv", "")), testing::IsEmpty());
}

TEST(LineReader, GivesTheSameLinesOutOfZstd) {
  const TestFiles files;
  const auto text = many_lines(100'000);

  const auto plain = lines_of(files.write("a.csv", text));
  const auto packed = lines_of(files.write_zstd("a.csv.zst", text));

  EXPECT_EQ(plain.size(), 100'000U);
  EXPECT_EQ(plain, packed);
}

TEST(LineReader, RefusesAZstdFileThatIsCutOff) {
  const TestFiles files;
  const auto whole = files.write_zstd("a.csv.zst", many_lines(50'000));
  const auto size = std::filesystem::file_size(whole);
  std::filesystem::resize_file(whole, size / 2);

  EXPECT_THROW(lines_of(whole), CorruptRecording);
}

TEST(LineReader, RefusesWhatIsNotZstd) {
  const TestFiles files;

  EXPECT_THROW(lines_of(files.write("a.csv.zst", "plain text, not packed")), CorruptRecording);
}

TEST(LineReader, SaysWhichFileIsMissing) {
  const TestFiles files;

  try {
    LineReader reader(files.directory() / "missing.csv");
    FAIL() << "no error";
  } catch (const std::system_error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("missing.csv"));
  }
}

}  // namespace
}  // namespace depthwire::simulator
