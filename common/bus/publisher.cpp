#include "common/bus/publisher.hpp"

#include "common/bus/request_server.hpp"
#include "common/bus/sockets.hpp"
#include "common/bus/topic.hpp"
#include "proto/bus/envelope.pb.h"

#include <cassert>

namespace depthwire::bus {
namespace {

constexpr int send_high_water_mark = 10'000;
constexpr std::chrono::milliseconds heartbeat_every{250};

std::int64_t utc_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

class Publisher::Impl {
 public:
  Impl(zmq::context_t& context, PublisherOptions given)
      : options_(std::move(given)),
        writer_({.directory = options_.journal,
                 .segment_bytes = options_.segment_bytes,
                 .cut_to_step = options_.stage}),
        socket_(context, zmq::socket_type::pub) {
    if (options_.curve.enabled()) {
      authenticator_ = std::make_unique<Authenticator>(context, options_.curve.allowed);
    }
    control_ = writer_.topic(bus::control_topic(options_.source));
    announce_epoch();
    set_common_options(socket_);
    socket_.set(zmq::sockopt::sndhwm, send_high_water_mark);
    secure_server(socket_, options_.curve, options_.publish);
    address_ = bind_or_exit(socket_, options_.publish);
    server_ = std::make_unique<RequestServer>(context, options_, writer_);
  }

  journal::Position append(journal::TopicId topic, int type, std::string_view envelope,
                           std::uint16_t flags) {
    assert(!closed_);
    if (group_time_ns_ == 0) group_time_ns_ = utc_ns();
    return writer_.append(topic, static_cast<std::uint16_t>(type), flags, envelope, group_time_ns_);
  }

  void flush() {
    if (group_time_ns_ == 0) return;
    commit();
    for (const auto frame : writer_.group()) {
      // PUB never blocks: it drops for a peer whose queue is full, and that peer fetches.
      socket_.send(zmq::buffer(frame), zmq::send_flags::dontwait);
    }
    writer_.clear_group();
    group_time_ns_ = 0;
  }

  void tick() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_heartbeat_) return;
    next_heartbeat_ = now + heartbeat_every;
    const auto head = writer_.head();
    Envelope envelope;
    envelope.mutable_heartbeat()->set_head_epoch(head.epoch);
    envelope.mutable_heartbeat()->set_head_offset(head.offset);
    std::string entry;
    const auto frame_bytes =
        journal::append_entry(entry, bus::control_topic(options_.source),
                              {.position = head,
                               .publish_time_ns = utc_ns(),
                               .payload_type = static_cast<std::uint16_t>(Envelope::kHeartbeat)},
                              envelope.SerializeAsString());
    socket_.send(zmq::buffer(std::string_view(entry).substr(8, frame_bytes)),
                 zmq::send_flags::dontwait);
  }

  void close(std::string_view reason) {
    if (closed_) return;
    Envelope envelope;
    envelope.set_receive_time_ns(own_time());
    envelope.mutable_epoch_end()->set_reason(std::string(reason));
    append(control_, Envelope::kEpochEnd, envelope.SerializeAsString(), journal::end_of_step);
    flush();
    writer_.sync();
    closed_ = true;
  }

  PublisherOptions options_;
  journal::Writer writer_;
  zmq::socket_t socket_;
  journal::TopicId control_;
  std::string address_;
  std::unique_ptr<RequestServer> server_;

 private:
  // Environment `sim` takes no time from this machine's clock.
  [[nodiscard]] std::int64_t own_time() const {
    return options_.environment == "sim" ? 0 : utc_ns();
  }

  void commit() {
    if (writer_.commit()) return;
    throw service::ExitError(service::exit_code::disk, "journal: no room left on the disk");
  }

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
    for (const auto& [name, value] : options_.parameters) {
      (*start.mutable_parameters())[name] = value;
    }
    writer_.append(control_, Envelope::kEpochStart, journal::end_of_step,
                   envelope.SerializeAsString(), utc_ns());
    // Durable before anybody can see a position of this epoch.
    commit();
    writer_.clear_group();
    writer_.sync();
  }

  std::unique_ptr<Authenticator> authenticator_;
  std::int64_t group_time_ns_ = 0;  // 0: the group is empty
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
std::vector<journal::Newest> Publisher::newest(std::string_view topic_prefix) const {
  return impl_->writer_.newest(topic_prefix);
}
bool Publisher::take_segment_started() { return impl_->writer_.take_segment_started(); }
void Publisher::close(std::string_view reason) { impl_->close(reason); }

}  // namespace depthwire::bus
