#include "cli/place.hpp"
#include "cli/settings.hpp"
#include "common/config/document.hpp"
#include "common/config/help.hpp"
#include "services/analyzer/core/engine/catalogue.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

namespace depthwire::cli {
namespace {

const std::filesystem::path repository = DEPTHWIRE_SOURCE_DIR;

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

void keys_of(const std::vector<config::Field>& fields, const std::string& parent,
             std::set<std::string>& keys) {
  for (const auto& field : fields) {
    const std::string path = parent + "." + field.key;
    field.is_group() ? keys_of(field.members, path, keys) : void(keys.insert(path));
  }
}

void keys_of(const config::Value& value, const std::string& path, std::set<std::string>& keys) {
  if (value.kind != config::Value::Kind::map) {
    keys.insert(path);
    return;
  }
  for (const auto& member : value.members) {
    keys_of(member.value, path.empty() ? member.key : path + "." + member.key, keys);
  }
}

/// `#key:` switched on; `# text` stays a comment.
std::string without_marks(const std::string& text) {
  std::istringstream lines(text);
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    const auto mark = line.find_first_not_of(' ');
    const bool key = mark != std::string::npos && line[mark] == '#' && mark + 1 < line.size() &&
                     line[mark + 1] != ' ';
    if (key) line.erase(mark, 1);
    out += line + "\n";
  }
  return out;
}

TEST(Reference, TheConfigurationPageIsWhatTheProgramsSay) {
  AllSettings settings;

  std::istringstream page(text_of(repository / "docs/configuration.md"));
  std::istringstream generated(config::reference_page(settings.schema()));
  std::string in_page;
  std::string expected;
  while (std::getline(generated, expected)) {
    std::getline(page, in_page);
    ASSERT_EQ(in_page, expected) << "run: depthwire config reference > docs/configuration.md";
  }
  EXPECT_FALSE(std::getline(page, in_page)) << "the page goes on: " << in_page;
}

TEST(Reference, TheExampleHasEveryKeyAndNoOther) {
  AllSettings settings;
  std::set<std::string> known{"environment"};
  for (const auto& section : settings.schema().sections) {
    keys_of(section.fields, section.name, known);
  }

  const auto document =
      config::parse_yaml(without_marks(text_of(repository / "config/example-demo.yaml")));
  ASSERT_TRUE(document) << document.error().text << " in line " << document.error().mark.line;
  std::set<std::string> shown;
  keys_of(*document, "", shown);

  std::vector<std::string> differ;
  std::set_symmetric_difference(shown.begin(), shown.end(), known.begin(), known.end(),
                                std::back_inserter(differ));
  EXPECT_THAT(differ, testing::IsEmpty());
}

TEST(Reference, TheEmbeddedDefaultIsAGoodConfiguration) {
  const tests::TempDir dir;
  std::ofstream(dir.path() / "default.yaml") << embedded_default();
  AllSettings settings;
  settings.load(dir.path() / "default.yaml");

  EXPECT_EQ(settings.loaded.environment, config::Environment::sim);
  EXPECT_EQ(settings.persister.database.port, 5440);
}

TEST(Reference, SignalsAreDescribedAllOfThem) {
  const auto page = text_of(repository / "docs" / "signals.md");
  for (const auto& info : analyzer::signal_catalogue()) {
    // The sizes of the cost curve share a row.
    if (info.name.starts_with("COST_")) continue;
    EXPECT_TRUE(page.find(info.name) != std::string::npos) << info.name;
  }
}

}  // namespace
}  // namespace depthwire::cli
