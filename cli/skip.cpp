#include "cli/commands.hpp"
#include "cli/place.hpp"
#include "cli/settings.hpp"
#include "common/bus/skips.hpp"
#include "common/bus/stage_driver.hpp"
#include "common/journal/file.hpp"
#include "common/journal/reader.hpp"
#include "common/replay/recorded.hpp"
#include "common/replay/records.hpp"
#include "common/replay/replay.hpp"
#include "common/service/exit_error.hpp"

#include <fcntl.h>

#include <cstdio>

namespace depthwire::cli {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse_skip(const std::string& text) {
  throw service::ExitError(service::exit_code::usage, "skip: " + text);
}

void check_source(const std::string& source) {
  const auto dot = source.find('.');
  if (dot != source.npos && source.substr(dot + 1) == "streaming") return;
  refuse_skip("--source: expected ENVIRONMENT.streaming, which stages read, got \"" + source +
              "\"");
}

/// The topic of the record to be skipped; it has to exist where the source's journal is at hand.
std::string topic_of(const fs::path& journal, journal::Position position) {
  if (!replay::is_journal(journal)) return {};
  replay::Records records(journal, {position.epoch, position.offset - 1});
  const auto* record = records.next();
  if (record == nullptr || record->position() != position) {
    refuse_skip("--position: " + journal.string() + " holds no record " +
                journal::to_string(position));
  }
  return std::string(record->topic.substr(0, record->topic.size() - 1));
}

/// Holds the journal as its stage would.
journal::File lock(const fs::path& journal, const std::string& stage) {
  journal::File file(journal / "LOCK", O_RDWR | O_CREAT);
  if (!file.try_lock()) {
    throw service::ExitError(service::exit_code::lock_held,
                             "skip: " + stage +
                                 " is running; stop it first, it reads the "
                                 "decision at its next start");
  }
  return file;
}

}  // namespace

int skip(const Common& common, const SkipOptions& options) {
  check_source(options.source);
  const auto position = replay::parse_position(options.position);
  if (!position || position->offset == 0) {
    refuse_skip("--position: expected EPOCH:OFFSET, got \"" + options.position + "\"");
  }
  if (options.reason.empty()) refuse_skip("--reason: say why; it is journaled with the record");
  const Place place = find_place(common.root, common.config);
  AllSettings settings;
  settings.load(place.config);
  const fs::path journals = settings.aggregator.bus.journals;
  const auto stage = options.source.substr(0, options.source.find('.') + 1) + options.stage;
  const auto journal = journals / stage;
  if (!replay::is_journal(journal)) {
    refuse_skip("no journal of " + stage + " in " + fs::absolute(journals).string() +
                " (bus.journals); --config or --root name another installation");
  }
  const auto held = lock(journal, stage);
  if (bus::last_cause(journal, replay::last_position(journal)) >= *position) {
    refuse_skip(stage + " has stepped " + journal::to_string(*position) +
                " already, and its outputs are published: there is nothing to skip");
  }
  const auto topic = topic_of(journals / options.source, *position);
  bus::add_skip(journal, *position, options.reason);
  std::printf("%s will dead-letter %s:%s%s%s instead of stepping it; start it now\n", stage.c_str(),
              options.source.c_str(), journal::to_string(*position).c_str(),
              topic.empty() ? "" : ", ", topic.c_str());
  return service::exit_code::ok;
}

}  // namespace depthwire::cli
