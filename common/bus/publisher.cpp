#include "common/bus/publisher.hpp"

#include "common/bus/handshake_watch.hpp"
#include "common/bus/heartbeat.hpp"
#include "common/bus/request_server.hpp"
#include "common/bus/sockets.hpp"
#include "common/bus/topic.hpp"
#include "common/journal/format.hpp"
#include "proto/bus/envelope.pb.h"

#include <atomic>
#include <cassert>
#include <optional>
#include <utility>

namespace depthwire::bus {
namespace {

constexpr int send_high_water_mark = 10'000;

std::int64_t utc_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::unique_ptr<journal::Writer> open_journal(const PublisherOptions& options) {
  for (bool waited = false;; waited = true) {
    try {
      auto writer = std::make_unique<journal::Writer>(
          journal::WriterOptions{.directory = options.journal,
                                 .segment_bytes = options.segment_bytes,
                                 .cut_to_step = options.stage,
                                 .storage = options.storage});
      if (waited && options.full_changed) options.full_changed(false);
      return writer;
    } catch (const journal::DiskFull& full) {
      if (!options.wait_for_room || !options.wait_for_room(full.what())) throw;
    }
  }
}

}  // namespace

class Publisher::Impl {
 public:
  Impl(zmq::context_t& context, PublisherOptions given)
      : options_(std::move(given)),
        journal_(open_journal(options_)),
        writer_(*journal_),
        keeper_(keeper_options(), writer_.take_unchecked()),
        socket_(context, zmq::socket_type::pub) {
    if (options_.curve.enabled()) {
      authenticator_ = std::make_unique<Authenticator>(context, options_.curve);
    }
    control_ = writer_.topic(bus::control_topic(options_.source));
    announce_epoch();
    set_common_options(socket_);
    socket_.set(zmq::sockopt::sndhwm, send_high_water_mark);
    secure_server(socket_, options_.curve, options_.publish);
    handshakes_.watch(context, socket_, options_.curve);
    address_ = bind_or_exit(socket_, options_.publish);
    server_ = std::make_unique<RequestServer>(context, options_, writer_, &keeper_);
  }

  journal::Position append(journal::TopicId topic, int type, std::string_view envelope,
                           std::uint16_t flags) {
    assert(!closed_);
    if (group_time_ns_ == 0) group_time_ns_ = utc_ns();
    return writer_.append(topic, static_cast<std::uint16_t>(type), flags, envelope, group_time_ns_);
  }

  void flush() {
    if (group_time_ns_ == 0) return;
    if (hole_ || !writer_.commit()) return have_no_room();
    set_full(false);
    publish_group();
  }

  void tick() {
    if (hole_ && group_time_ns_ == 0) end_hole();
    if (!full_) {
      for (const auto& decision : server_->take_decisions()) accept(decision);
    }
    for (const auto& given_up : keeper_.take_given_up()) tell_given_up(given_up);
    const auto now = std::chrono::steady_clock::now();
    if (now < next_heartbeat_) return;
    next_heartbeat_ = now + heartbeat_every;
    handshakes_.look(now);
    refused_ = handshakes_.refused();
    const auto frame = heartbeat_frame(options_.source, writer_.head(), utc_ns());
    socket_.send(zmq::buffer(frame), zmq::send_flags::dontwait);
  }

  void close(std::string_view reason) {
    if (closed_) return;
    Envelope envelope;
    envelope.set_receive_time_ns(own_time());
    envelope.mutable_epoch_end()->set_reason(std::string(reason));
    // What a full disk has not taken by now goes with the process; its inputs are still there.
    if (full_) clear_group();
    if (hole_) end_hole();
    append(control_, Envelope::kEpochEnd, envelope.SerializeAsString(), journal::end_of_step);
    flush();
    writer_.sync();
    closed_ = true;
  }

  bool full_ = false;
  bool resumed_ = false;
  std::atomic<std::uint64_t> dropped_ = 0;
  std::atomic<std::uint64_t> refused_ = 0;
  std::function<std::int64_t()> stamp_;

  PublisherOptions options_;
  std::unique_ptr<journal::Writer> journal_;
  journal::Writer& writer_;
  journal::Keeper keeper_;
  zmq::socket_t socket_;
  HandshakeWatch handshakes_;
  journal::TopicId control_;
  std::string address_;
  std::unique_ptr<RequestServer> server_;

 private:
  void accept(const Decision& decision) {
    Envelope envelope;
    envelope.set_receive_time_ns(own_time());
    envelope.mutable_accepted()->set_reason(decision.reason);
    const auto at =
        append(control_, Envelope::kAccepted, envelope.SerializeAsString(), journal::end_of_step);
    flush();
    if (writer_.head() < at) {
      return decision.answer({CommandAnswer::Status::failed,
                              "the disk of the journal is full: free some space and accept again",
                              {}});
    }
    writer_.sync();
    decision.answer({CommandAnswer::Status::done,
                     "the journal of " + options_.source + " is accepted as it stands at " +
                         journal::to_string(at),
                     {}});
  }

  // Environment `sim` takes no time from this machine's clock.
  [[nodiscard]] std::int64_t own_time() const {
    return options_.environment == "sim" ? 0 : utc_ns();
  }

  /// Records that were dropped since the disk was found full.
  struct Hole {
    std::uint64_t records = 0;
    std::int64_t from_ns = 0;
    journal::Position after;
  };

  void publish_group() {
    for (const auto frame : writer_.group()) {
      // PUB never blocks: it drops for a peer whose queue is full, and that peer fetches.
      socket_.send(zmq::buffer(frame), zmq::send_flags::dontwait);
    }
    writer_.clear_group();
    group_time_ns_ = 0;
  }

  void clear_group() {
    writer_.discard_group();
    group_time_ns_ = 0;
  }

  void set_full(bool full) {
    if (full == full_) return;
    full_ = full;
    if (options_.full_changed) options_.full_changed(full);
  }

  void have_no_room() {
    set_full(true);
    if (options_.stage) return;
    if (!hole_) hole_ = Hole{0, first_time_of_group(), writer_.head()};
    hole_->records += writer_.group().size();
    dropped_ += writer_.group().size();
    clear_group();
  }

  // A group may span some time; the hole begins with the first record of it.
  [[nodiscard]] std::int64_t first_time_of_group() const {
    const auto record = journal::decode_frame(writer_.group().front());
    Envelope first;
    if (record) {
      (void)first.ParsePartialFromArray(record->payload.data(),
                                        static_cast<int>(record->payload.size()));
    }
    return first.receive_time_ns() != 0 ? first.receive_time_ns() : stamp();
  }

  [[nodiscard]] journal::KeeperOptions keeper_options() const {
    auto options = options_.keep;
    options.directory = options_.journal;
    options.storage = options_.storage;
    return options;
  }

  void tell_given_up(const journal::GivenUp& given_up) {
    Envelope envelope;
    envelope.set_receive_time_ns(stamp());
    auto& loss = *envelope.mutable_loss();
    loss.set_source(options_.source);
    loss.set_from_epoch(given_up.first.epoch);
    loss.set_from_offset(given_up.first.offset);
    loss.set_to_epoch(given_up.last.epoch);
    loss.set_to_offset(given_up.last.offset);
    loss.set_records(given_up.last.offset - given_up.first.offset + 1);
    loss.set_cause("retention: the journals are at their hard limit; not acknowledged by " +
                   given_up.consumers);
    append(control_, Envelope::kLoss, envelope.SerializeAsString(), journal::end_of_step);
    flush();
  }

  // Tells what is missing before anything else is told.
  void end_hole() {
    Envelope envelope;
    envelope.set_receive_time_ns(stamp());
    auto& loss = *envelope.mutable_loss();
    loss.set_source(options_.source);
    loss.set_from_epoch(hole_->after.epoch);
    loss.set_from_offset(hole_->after.offset);
    loss.set_from_time_ns(hole_->from_ns);
    loss.set_to_time_ns(envelope.receive_time_ns());
    loss.set_records(hole_->records);
    loss.set_cause("the journal's disk was full");
    append(control_, Envelope::kLoss, envelope.SerializeAsString(), journal::end_of_step);
    if (!writer_.commit()) return clear_group();
    hole_.reset();
    set_full(false);
    resumed_ = true;
    publish_group();
  }

  [[nodiscard]] std::int64_t stamp() const { return stamp_ ? stamp_() : own_time(); }

  void announce_epoch() {
    const auto& found = writer_.recovered();
    Envelope envelope;
    envelope.set_receive_time_ns(own_time());
    auto& start = *envelope.mutable_epoch_start();
    start.set_previous_epoch(found.last.epoch);
    start.set_previous_offset(found.last.offset);
    start.set_reason(options_.reason);
    start.set_build(options_.build);
    start.set_torn_bytes(found.torn_bytes);
    start.set_cut_records(found.cut_records);
    start.set_same_boot(found.same_boot);
    for (const auto& [name, value] : options_.parameters) {
      (*start.mutable_parameters())[name] = value;
    }
    writer_.append(control_, Envelope::kEpochStart, journal::end_of_step,
                   envelope.SerializeAsString(), utc_ns());
    // Durable before anybody can see a position of this epoch.
    if (!writer_.commit()) {
      throw journal::DiskFull(service::exit_code::disk,
                              "journal: no room for the first record of " + options_.source);
    }
    writer_.clear_group();
    writer_.sync();
  }

  std::unique_ptr<Authenticator> authenticator_;
  std::int64_t group_time_ns_ = 0;  // 0: the group is empty
  std::optional<Hole> hole_;
  std::chrono::steady_clock::time_point next_heartbeat_;
  bool closed_ = false;
};

Publisher::Publisher(zmq::context_t& context, PublisherOptions options)
    : impl_(std::make_unique<Impl>(context, std::move(options))) {}
Publisher::~Publisher() = default;

const std::string& Publisher::source() const { return impl_->options_.source; }
const journal::Recovered& Publisher::recovered() const { return impl_->writer_.recovered(); }
journal::Position Publisher::head() const { return impl_->writer_.head(); }
std::string Publisher::publish_address() const { return impl_->address_; }
std::string Publisher::requests_address() const { return impl_->server_->address(); }
journal::TopicId Publisher::topic(std::string_view kind, std::string_view symbol) {
  return impl_->writer_.topic(bus::topic(impl_->options_.environment, kind, symbol));
}
journal::TopicId Publisher::control_topic() { return impl_->control_; }
journal::Position Publisher::append(journal::TopicId topic, int payload_type,
                                    std::string_view envelope, std::uint16_t flags) {
  return impl_->append(topic, payload_type, envelope, flags);
}
void Publisher::flush() { impl_->flush(); }
void Publisher::tick() { impl_->tick(); }
bool Publisher::full() const { return impl_->full_; }
std::uint64_t Publisher::dropped() const { return impl_->dropped_; }
std::uint64_t Publisher::refused() const { return impl_->refused_; }
RequestCounts Publisher::requests() const { return impl_->server_->counts(); }
std::map<std::string, journal::Position> Publisher::acknowledged() const {
  return impl_->keeper_.acknowledged();
}
bool Publisher::take_resumed() { return std::exchange(impl_->resumed_, false); }
void Publisher::stamp_with(std::function<std::int64_t()> receive_time_ns) {
  impl_->stamp_ = std::move(receive_time_ns);
}
std::vector<journal::Newest> Publisher::newest(std::string_view topic_prefix) const {
  return impl_->writer_.newest(topic_prefix);
}
bool Publisher::take_segment_started() { return impl_->writer_.take_segment_started(); }
void Publisher::close(std::string_view reason) { impl_->close(reason); }

}  // namespace depthwire::bus
