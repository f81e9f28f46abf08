// Arbitrary bytes as the files of a journal. They are read, and recovered by a writer that goes on
// from them: what the writer takes must be a whole journal again, what it refuses is left as it is.
#include "common/journal/crc32c.hpp"
#include "common/journal/reader.hpp"
#include "common/journal/segment.hpp"
#include "common/journal/writer.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/support/simulated_disk.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace depthwire;
using journal::Position;

const std::filesystem::path directory = "journal";
constexpr std::size_t head_bytes = 4;

/// The input: four bytes that say what is what, then the content of two files.
struct Files {
  bool is_stage = false;
  bool is_archived = false;  // the first file
  bool is_sealed = false;    // the second file is the seal of the first, without its checksum
  std::uint64_t second_epoch = 0;
  std::uint64_t second_first = 0;
  std::size_t split = 0;
  std::string_view bytes;
};

Files parse(std::string_view input) {
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(input[at]); };
  const auto bytes = input.substr(head_bytes);
  return {(byte(0) & 1U) != 0,
          (byte(0) & 2U) != 0,
          (byte(0) & 4U) != 0,
          byte(1),
          byte(2),
          bytes.size() * byte(3) / 255,
          bytes};
}

void put(tests::SimulatedDisk& disk, const std::string& name, std::string_view bytes) {
  const auto file = disk.open(directory / name, journal::Access::overwrite);
  file->write_at(bytes, 0);
  file->sync_data();
}

struct Content {
  std::vector<Position> positions;
  bool is_whole = false;  ///< it ends as a journal ends
};

Content read(tests::SimulatedDisk& disk) {
  Content content;
  journal::Reader reader(directory, {}, disk);
  while (true) {
    const auto result = reader.next();
    const auto* record = std::get_if<journal::Record>(&result);
    if (record == nullptr) {
      content.is_whole = std::holds_alternative<journal::AtEnd>(result);
      return content;
    }
    fuzz::require(content.positions.empty() || content.positions.back() < record->position(),
                  "positions rise");
    fuzz::require(record->frame.size() ==
                      record->topic.size() + journal::header_bytes + record->payload.size(),
                  "a frame is its parts");
    content.positions.push_back(record->position());
  }
}

void go_on(tests::SimulatedDisk& disk, bool is_stage) {
  tests::ManualTime time;
  Position written;
  Position last;
  try {
    journal::Writer writer({.directory = directory,
                            .segment_bytes = 4096,
                            .cut_to_step = is_stage,
                            .storage = &disk,
                            .time = &time,
                            .sync_thread = false});
    last = writer.recovered().last;
    written = writer.append(writer.topic("_control|"), 101, journal::end_of_step, "x", 1);
    fuzz::require(writer.commit(), "there is room");
    writer.clear_group();
    writer.sync();
  } catch (const service::ExitError&) {
    return;  // refused, in words
  }
  fuzz::require(written > last, "no position is used twice");
  const auto content = read(disk);
  fuzz::require(content.is_whole, "what a writer has taken is whole");
  fuzz::require(!content.positions.empty() && content.positions.back() == written,
                "a record can be read once it is written");
}

/// Gives each entry the checksum that it asks for, or hardly any mutation would get behind it.
void check_in(char* bytes, std::size_t size) {
  for (std::size_t at = 0; size - at >= 8;) {
    std::uint32_t length = 0;
    std::memcpy(&length, bytes + at, sizeof length);
    if (length > size - at - 8) return;
    const auto crc = journal::crc32c({bytes + at + 8, length});
    std::memcpy(bytes + at + 4, &crc, sizeof crc);
    at += std::min(journal::entry_bytes(length), size - at);
  }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  const auto mutated = LLVMFuzzerMutate(data, size, max_size);
  if (seed % 8 == 0 || mutated < head_bytes) return mutated;
  auto* bytes = reinterpret_cast<char*>(data);
  const auto files = parse({bytes, mutated});
  if (!files.is_archived) check_in(bytes + head_bytes, files.split);
  check_in(bytes + head_bytes + files.split, mutated - head_bytes - files.split);
  return mutated;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < head_bytes) return 0;
  const auto files = parse(fuzz::text(data, size));
  tests::SimulatedDisk disk;
  disk.create_directories(directory);
  const auto first = journal::segment_name(1, 1) + (files.is_archived ? ".zst" : "");
  const auto second = files.bytes.substr(files.split);
  put(disk, first, files.bytes.substr(0, files.split));
  if (files.is_sealed) {
    put(disk, first + ".topics",
        std::string(second) + "crc " + std::to_string(journal::crc32c(second)) + '\n');
  } else if (files.second_epoch != 0) {
    put(disk, journal::segment_name(files.second_epoch, files.second_first), second);
  }
  (void)read(disk);
  if (!files.is_archived) go_on(disk, files.is_stage);  // an archive has no writer
  return 0;
}
