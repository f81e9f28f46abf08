#include "common/replay/records.hpp"

#include "common/codec/wire.hpp"
#include "common/journal/segment.hpp"
#include "common/service/exit_error.hpp"

namespace depthwire::replay {
namespace {

constexpr std::uint32_t receive_time_field = 3;  // of Envelope

}  // namespace

const journal::Record* Records::next() {
  result_ = reader_.next();
  if (const auto* corrupt = std::get_if<journal::Corrupt>(&result_)) {
    throw service::ExitError(service::exit_code::corrupt,
                             corrupt->file + " is damaged at byte " + std::to_string(corrupt->at) +
                                 " (" + std::string(journal::to_string(corrupt->error)) +
                                 "), after " + journal::to_string(reader_.last()) +
                                 "; nothing after it can be read. Restore the file from a copy.");
  }
  return std::get_if<journal::Record>(&result_);
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
