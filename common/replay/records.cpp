#include "common/replay/records.hpp"

#include "common/codec/wire.hpp"
#include "common/journal/segment.hpp"
#include "common/service/exit_error.hpp"

#include <chrono>
#include <thread>

namespace depthwire::replay {
namespace {

constexpr std::uint32_t receive_time_field = 3;  // of Envelope
constexpr std::chrono::milliseconds look_again_after{50};

}  // namespace

const journal::Record* Records::next() {
  result_ = settled_next();
  if (const auto* gap = std::get_if<journal::AgedOut>(&result_)) {
    throw service::ExitError(service::exit_code::corrupt,
                             "the records between " + journal::to_string(reader_.last()) + " and " +
                                 journal::to_string(gap->first) +
                                 " are missing: a segment is not there. Restore it from a copy.");
  }
  if (const auto* corrupt = std::get_if<journal::Corrupt>(&result_)) {
    throw service::ExitError(service::exit_code::corrupt,
                             corrupt->file + " is damaged at byte " + std::to_string(corrupt->at) +
                                 " (" + std::string(journal::to_string(corrupt->error)) +
                                 "), after " + journal::to_string(reader_.last()) +
                                 "; nothing after it can be read. Restore the file from a copy.");
  }
  return std::get_if<journal::Record>(&result_);
}

// What lies at the end of a running publisher's journal may be half a write: it is looked at until
// it is a record, or is known to be none.
journal::ReadResult Records::settled_next() {
  auto result = reader_.next();
  while (std::holds_alternative<journal::AtEnd>(result) && reader_.doubtful()) {
    std::this_thread::sleep_for(look_again_after);
    result = reader_.next();
  }
  return result;
}

std::int64_t receive_time_ns(const journal::Record& record) {
  codec::wire::Reader field(record.payload);
  while (field.next()) {
    if (field.field() == receive_time_field) return field.fixed64();
    field.skip();
  }
  return 0;
}

journal::Position last_position(const std::filesystem::path& journal) {
  const auto segments = journal::list_segments(journal);
  for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment) {
    journal::Position last;
    Records records(journal, {segment->epoch, segment->first_offset - 1});
    while (const auto* record = records.next()) last = record->position();
    if (last != journal::Position{}) return last;
  }
  return {};
}

}  // namespace depthwire::replay
