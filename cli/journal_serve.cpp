// The requests of a stopped publisher, answered from its files: FETCH, LATEST, and heartbeats.
#include "cli/commands.hpp"
#include "common/bus/curve.hpp"
#include "common/bus/heartbeat.hpp"
#include "common/bus/request_server.hpp"
#include "common/bus/sockets.hpp"
#include "common/journal/reader.hpp"
#include "common/service/exit_error.hpp"

#include <nlohmann/json.hpp>
#include <signal.h>
#include <zmq.hpp>

#include <cstdio>
#include <map>
#include <memory>

namespace depthwire::cli {
namespace {

namespace fs = std::filesystem;
/// What a publisher knows of its journal, read once from a stopped one.
class StoppedJournal final : public journal::Catalogue {
 public:
  explicit StoppedJournal(const fs::path& directory) {
    journal::Reader reader(directory);
    for (;;) {
      const auto next = reader.next();
      if (const auto* corrupt = std::get_if<journal::Corrupt>(&next)) {
        throw service::ExitError(service::exit_code::corrupt,
                                 corrupt->file + " is damaged at byte " +
                                     std::to_string(corrupt->at) + "; nothing is served");
      }
      if (const auto* gap = std::get_if<journal::AgedOut>(&next)) {
        throw service::ExitError(service::exit_code::corrupt,
                                 "the records between " + to_string(head_) + " and " +
                                     to_string(gap->first) + " are missing; nothing is served");
      }
      const auto* record = std::get_if<journal::Record>(&next);
      if (record == nullptr) return;
      take(*record);
    }
  }

  [[nodiscard]] journal::Position head() const override { return head_; }
  [[nodiscard]] std::vector<journal::Newest> newest(std::string_view prefix) const override {
    std::vector<journal::Newest> found;
    for (const auto& [name, topic] : topics_) {
      if (name.starts_with(prefix)) found.push_back({name, topic.offset, topic.last});
    }
    return found;
  }

 private:
  struct Topic {
    std::uint64_t offset = 0;  // where a late reader begins
    std::uint64_t last = 0;
    bool has_keyframes = false;
  };

  void take(const journal::Record& record) {
    head_ = record.position();
    auto& topic = topics_[std::string(record.topic)];
    const bool is_keyframe = (record.header.flags & journal::keyframe) != 0;
    topic.has_keyframes = topic.has_keyframes || is_keyframe;
    topic.last = head_.offset;
    if (is_keyframe || !topic.has_keyframes) topic.offset = head_.offset;
  }

  journal::Position head_;
  std::map<std::string, Topic, std::less<>> topics_;
};

/// No publisher may begin to write while its old head is served. nullptr for an archive.
std::unique_ptr<journal::StorageFile> lock_to_serve(const fs::path& directory) {
  if (!fs::exists(directory / "LOCK")) return nullptr;
  auto file = journal::disk().open(directory / "LOCK", journal::Access::lock);
  if (file->try_lock()) return file;
  throw service::ExitError(
      service::exit_code::lock_held,
      "journal " + directory.string() + " is in use by a running process, which serves it itself");
}

void tell(const JournalServeOptions& options, const std::string& source, journal::Position head,
          const std::string& publish, const std::string& requests) {
  if (options.json) {
    const nlohmann::json out = {{"source", source},
                                {"head", to_string(head)},
                                {"publish", publish},
                                {"requests", requests}};
    std::printf("%s\n", out.dump().c_str());
  } else {
    std::printf("serving %s up to %s: publish %s, requests %s\n", source.c_str(),
                to_string(head).c_str(), publish.c_str(), requests.c_str());
  }
  std::fflush(stdout);
}

/// SIGINT and SIGTERM come to sigtimedwait() and to nobody else: blocked before any thread is made.
sigset_t block_stop_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGINT);
  ::sigaddset(&set, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

bool stopped_within(const sigset_t& set, std::chrono::milliseconds time) {
  const timespec limit{time.count() / 1000, time.count() % 1000 * 1'000'000};
  return ::sigtimedwait(&set, nullptr, &limit) > 0;
}

}  // namespace

int journal_serve(const JournalServeOptions& options) {
  if (!fs::is_directory(options.directory)) {
    throw service::ExitError(service::exit_code::usage,
                             options.directory.string() + " is not a directory");
  }
  const auto held = lock_to_serve(options.directory);
  bus::PublisherOptions served;
  served.source = options.source.empty()
                      ? fs::weakly_canonical(options.directory).filename().string()
                      : options.source;
  served.journal = options.directory;
  served.requests = options.requests;
  const StoppedJournal journal(options.directory);
  const sigset_t stop_signals = block_stop_signals();
  zmq::context_t context;
  zmq::socket_t heartbeats(context, zmq::socket_type::pub);
  bus::set_common_options(heartbeats);
  // In clear, so on loopback only: throws 78 for any other address.
  bus::secure_server(heartbeats, {}, options.publish);
  const auto publish = bus::bind_or_exit(heartbeats, options.publish);
  bus::RequestServer server(context, served, journal, nullptr);
  tell(options, served.source, journal.head(), publish, server.address());
  do {
    for (const auto& decision : server.take_decisions()) {
      decision.answer({bus::CommandAnswer::Status::refused,
                       "the journal is only served here; accept it once its publisher runs",
                       {}});
    }
    const auto frame =
        bus::heartbeat_frame(served.source, journal.head(), journal::system_time().utc_ns());
    heartbeats.send(zmq::buffer(frame), zmq::send_flags::dontwait);
  } while (!stopped_within(stop_signals, bus::heartbeat_every));
  return service::exit_code::ok;
}

}  // namespace depthwire::cli
