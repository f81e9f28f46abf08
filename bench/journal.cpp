// What the journal costs, each beside the least that the machine asks for it. Rounds of the figure
// and of its reference alternate; medians count.
#include "common/journal/crc32c.hpp"
#include "common/journal/file.hpp"
#include "common/journal/reader.hpp"
#include "common/journal/recovery.hpp"
#include "common/journal/segment.hpp"
#include "common/journal/writer.hpp"
#include "tests/support/temp_dir.hpp"

#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace depthwire;
using Clock = std::chrono::steady_clock;

constexpr std::size_t record_bytes = 256;  // topic, header and payload
constexpr std::size_t group_records = 16;
constexpr std::size_t groups = 14'000;  // 60 MB: one segment
constexpr int rounds = 9;
constexpr std::string_view topic = "sim.depth.EURUSD|";

double seconds_of(const std::function<void()>& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void print(std::string_view name, double value, std::string_view unit, double reference,
           double ratio) {
  std::printf(
      "{\"name\": \"%s\", \"value\": %.4g, \"unit\": \"%s\", \"reference\": %.4g, "
      "\"ratio\": %.3f}\n",
      std::string(name).c_str(), value, std::string(unit).c_str(), reference, ratio);
}

const std::string& payload() {
  static const std::string bytes(record_bytes - topic.size() - journal::header_bytes, 'p');
  return bytes;
}

void fill(journal::Writer& writer, std::size_t count) {
  const auto id = writer.topic(topic);
  for (std::size_t group = 0; group < count; ++group) {
    for (std::size_t i = 0; i < group_records; ++i) {
      writer.append(id, 11, journal::end_of_step, payload(), 1);
    }
    if (!writer.commit()) throw std::runtime_error("no room for the benchmark's journal");
    writer.clear_group();
  }
}

/// The same bytes into a file that was allocated alike, and nothing else.
double bare_write(const std::filesystem::path& path, std::size_t bytes) {
  const journal::File file(path, O_RDWR | O_CREAT | O_TRUNC);
  file.allocate(64 << 20);
  const std::string group(bytes, 'g');
  return seconds_of([&] {
    for (std::size_t i = 0; i < groups; ++i) file.write_at(group, i * bytes);
  });
}

void append_ns() {
  std::vector<double> own;
  std::vector<double> bare;
  for (int round = 0; round < rounds; ++round) {
    const tests::TempDir directory;
    {
      journal::Writer writer({.directory = directory.path() / "journal"});
      own.push_back(seconds_of([&] { fill(writer, groups); }));
    }
    bare.push_back(
        bare_write(directory.path() / "bare", group_records * journal::entry_bytes(record_bytes)));
  }
  constexpr double per_record = 1e9 / static_cast<double>(groups * group_records);
  const double value = median(own) * per_record;
  const double reference = median(bare) * per_record;
  print("journal.append_ns", value, "ns", reference, value / reference);
}

/// A plain pass over the file with the checksum of every entry: what a reader must do at the least.
double plain_pass(const std::filesystem::path& path) {
  const journal::File file(path, O_RDONLY);
  std::string page(1 << 20, '\0');
  constexpr std::size_t entry = journal::entry_bytes(record_bytes);
  const std::size_t whole = page.size() / entry * entry;
  std::uint32_t sum = 0;
  const double seconds = seconds_of([&] {
    std::size_t at = 0;
    while (const auto got = file.read_at(page.data(), whole, at)) {
      for (std::size_t i = 0; i + entry <= got; i += entry) {
        sum ^= journal::crc32c(std::string_view(page).substr(i + 8, record_bytes));
      }
      at += got;
    }
  });
  if (sum == 1) std::fputs("", stderr);  // the sum is needed
  return seconds;
}

void read_rate() {
  const tests::TempDir directory;
  const auto path = directory.path() / "journal";
  {
    journal::Writer writer({.directory = path});
    fill(writer, groups);
    writer.sync();
  }
  constexpr double records = groups * group_records;
  std::vector<double> own;
  std::vector<double> plain;
  for (int round = 0; round < rounds; ++round) {
    std::size_t seen = 0;
    own.push_back(records / seconds_of([&] {
                    journal::Reader reader(path);
                    while (std::holds_alternative<journal::Record>(reader.next())) ++seen;
                  }));
    if (seen != groups * group_records) throw std::runtime_error("not every record was read");
    plain.push_back(records / plain_pass(journal::list_segments(path).front().path));
  }
  const double value = median(own);
  const double reference = median(plain);
  print("journal.read_rate", value, "records/s", reference, value / reference);
}

/// The reference is the limit: 2 s.
void recovery_s() {
  std::vector<double> seconds;
  for (int round = 0; round < 3; ++round) {
    const tests::TempDir directory;
    {
      journal::Writer writer({.directory = directory.path()});
      fill(writer, (64 << 20) / (group_records * journal::entry_bytes(record_bytes)));
      writer.sync();
    }
    seconds.push_back(seconds_of([&] { journal::Writer writer({.directory = directory.path()}); }));
  }
  print("journal.recovery_s", median(seconds), "s", 2, median(seconds) / 2);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view prefix = argc > 1 ? argv[1] : "";
  const auto wanted = [&](std::string_view name) { return name.starts_with(prefix); };
  if (wanted("journal.append_ns")) append_ns();
  if (wanted("journal.read_rate")) read_rate();
  if (wanted("journal.recovery_s")) recovery_s();
}
