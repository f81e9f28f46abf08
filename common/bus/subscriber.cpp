#include "common/bus/subscriber.hpp"

#include "common/bus/continuity.hpp"
#include "common/bus/sockets.hpp"
#include "common/bus/topic.hpp"
#include "proto/bus/envelope.pb.h"
#include "proto/bus/request.pb.h"

#include <algorithm>
#include <cerrno>

// CATCHUP: records come by FETCH, page after page, until the publisher's head is reached; what the
// SUB socket gathered meanwhile overlaps or follows the last page. LIVE: records come by SUB and
// are taken while each follows the one before. Any doubt leads back to CATCHUP.

namespace depthwire::bus {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t max_live_records = 256;
constexpr int receive_high_water_mark = 65'536;
constexpr milliseconds fetch_retry{1'000};
constexpr milliseconds away_after{500};

milliseconds until(SteadyClock::time_point when, SteadyClock::time_point now) {
  return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(when - now));
}

}  // namespace

class Subscriber::Impl {
 public:
  Impl(zmq::context_t& context, SubscriberOptions given)
      : context_(context),
        options_(std::move(given)),
        control_topic_(control_topic(options_.source)),
        continuity_(!options_.topic_prefixes.empty()),
        want_newest_(std::holds_alternative<FromNewest>(options_.start)) {
    if (const auto* after = std::get_if<After>(&options_.start)) continuity_.jump(after->last);
    connect();
  }

  Batch receive(milliseconds timeout) {
    Batch batch;
    // A queue that has been full must not be read once its connection was replaced: libzmq 4.3 then
    // aborts (its issue 3937). Who was away drops it unread and fetches instead.
    if (SteadyClock::now() - last_receive_ > away_after && !halted_) connect();
    const auto deadline = SteadyClock::now() + timeout;
    do {
      if (halted_) {
        zmq::pollitem_t none{subscription_.handle(), 0, 0, 0};
        zmq::poll(&none, 1, until(deadline, SteadyClock::now()));
        break;
      }
      if (live_) {
        receive_live(batch, deadline);
      } else {
        catch_up(batch, deadline);
      }
      watch_staleness(batch);
    } while (batch.empty() && SteadyClock::now() < deadline);
    batch.caught_up = live_ && continuity_.last() >= head_;
    last_receive_ = SteadyClock::now();
    return batch;
  }

  void acknowledge(journal::Position position) {
    Request request;
    request.mutable_ack()->set_consumer(options_.consumer);
    auto& at = *request.mutable_ack()->mutable_position();
    at.set_source(options_.source);
    at.set_epoch(position.epoch);
    at.set_offset(position.offset);
    requests_.send(zmq::buffer(request.SerializeAsString()), zmq::send_flags::dontwait);
  }

  zmq::context_t& context_;
  SubscriberOptions options_;
  std::string control_topic_;
  Continuity continuity_;
  journal::Position head_;
  std::uint64_t doubts_ = 0;
  std::uint64_t fetched_ = 0;
  std::uint64_t zombies_ = 0;
  std::uint64_t malformed_ = 0;
  bool live_ = false;
  bool stale_ = false;
  bool halted_ = false;
  zmq::socket_t subscription_;
  zmq::socket_t requests_;

 private:
  void connect() {
    subscription_ = zmq::socket_t(context_, zmq::socket_type::sub);
    set_common_options(subscription_);
    subscription_.set(zmq::sockopt::rcvhwm, receive_high_water_mark);
    secure_client(subscription_, options_.curve, options_.server_public_key);
    if (options_.topic_prefixes.empty()) {
      subscription_.set(zmq::sockopt::subscribe, "");
    } else {
      subscription_.set(zmq::sockopt::subscribe, control_topic_);
      for (const auto& prefix : options_.topic_prefixes) {
        subscription_.set(zmq::sockopt::subscribe, prefix);
      }
    }
    subscription_.connect(options_.publish);
    requests_ = zmq::socket_t(context_, zmq::socket_type::dealer);
    set_common_options(requests_);
    secure_client(requests_, options_.curve, options_.server_public_key);
    requests_.connect(options_.requests);
    live_ = false;
    asked_at_.reset();
    last_frame_ = SteadyClock::now();
  }

  void note_frame() {
    last_frame_ = SteadyClock::now();
    frame_since_check_ = true;
  }

  void watch_staleness(Batch& batch) {
    if (std::exchange(frame_since_check_, false) && stale_) {
      stale_ = false;
      batch.notices.emplace_back(Fresh{});
    }
    if (SteadyClock::now() - last_frame_ < options_.stale_after) return;
    if (!stale_) {
      stale_ = true;
      batch.notices.emplace_back(Stale{});
    }
    connect();
  }

  void doubt() {
    ++doubts_;
    live_ = false;
    asked_at_.reset();
  }

  // --- CATCHUP -------------------------------------------------------------------------------

  void catch_up(Batch& batch, SteadyClock::time_point deadline) {
    const auto now = SteadyClock::now();
    if (!asked_at_ || now - *asked_at_ > fetch_retry) ask(now);
    zmq::pollitem_t item{requests_.handle(), 0, ZMQ_POLLIN, 0};
    const auto limit = std::min(
        {deadline, *asked_at_ + fetch_retry + milliseconds(1), last_frame_ + options_.stale_after});
    zmq::poll(&item, 1, until(limit, now));
    zmq::message_t message;
    while (!live_ && batch.empty() && !halted_ &&
           requests_.recv(message, zmq::recv_flags::dontwait)) {
      Reply reply;
      if (!reply.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
        ++malformed_;
        continue;
      }
      if (reply.id() != request_id_) continue;  // an answer that came too late
      note_frame();
      asked_at_.reset();
      take_reply(std::move(reply), batch);
    }
  }

  void ask(SteadyClock::time_point now) {
    // What has gathered so far is older than the reply; what gathers from now on overlaps it.
    zmq::message_t message;
    while (subscription_.recv(message, zmq::recv_flags::dontwait)) note_frame();
    Request request;
    request.set_id(++request_id_);
    if (want_newest_) {
      // One prefix asks for all topics; what is not wanted is dropped here.
      request.mutable_latest()->set_topic_prefix(
          options_.topic_prefixes.size() == 1 ? options_.topic_prefixes.front() : "");
    } else {
      auto& fetch = *request.mutable_fetch();
      fetch.mutable_after()->set_source(options_.source);
      fetch.mutable_after()->set_epoch(continuity_.last().epoch);
      fetch.mutable_after()->set_offset(continuity_.last().offset);
      for (const auto& prefix : options_.topic_prefixes) fetch.add_topic_prefixes(prefix);
    }
    requests_.send(zmq::buffer(request.SerializeAsString()), zmq::send_flags::dontwait);
    asked_at_ = now;
  }

  void take_reply(Reply&& reply, Batch& batch) {
    switch (reply.reply_case()) {
      case Reply::kData: return take_page(std::move(*reply.mutable_data()), batch);
      case Reply::kAgedOut: {
        const journal::Position first{reply.aged_out().first().epoch(),
                                      reply.aged_out().first().offset()};
        batch.notices.emplace_back(Lost{continuity_.last(), first});
        continuity_.jump({first.epoch, first.offset - 1});
        return;
      }
      case Reply::kError: return halt("the publisher answers: " + reply.error().text(), batch);
      default: ++malformed_;
    }
  }

  void take_page(Data&& data, Batch& batch) {
    const journal::Position head{data.head().epoch(), data.head().offset()};
    const journal::Position next{data.next().epoch(), data.next().offset()};
    const auto last = continuity_.last();
    if (head < last) {
      return halt("its journal ends at " + journal::to_string(head) + ", but " +
                      journal::to_string(last) + " has been delivered: an old copy is served",
                  batch);
    }
    head_ = head;
    auto bytes = std::make_shared<std::string>(std::move(*data.mutable_entries()));
    std::string_view rest(*bytes);
    while (!rest.empty()) {
      const auto record = journal::decode_entry(rest);
      if (!record) {
        return halt("it served a damaged record: " + std::string(to_string(record.error())), batch);
      }
      rest.remove_prefix(std::min(rest.size(), journal::entry_bytes(record->frame.size())));
      if (want_newest_ && !wanted(record->topic)) continue;
      if (batch.records.empty() && !want_newest_ && forgets_us(*record)) {
        batch.records.clear();
        return halt("its journal was begun anew and does not know " + journal::to_string(last),
                    batch);
      }
      batch.records.push_back(*record);
    }
    fetched_ += batch.records.size();
    batch.bytes = std::move(bytes);
    continuity_.jump(want_newest_ ? head : std::max(next, last));
    want_newest_ = false;
    live_ = continuity_.last() >= head;
  }

  // An epoch that does not follow the one we know: the journal was lost or an old copy restored.
  [[nodiscard]] bool forgets_us(const journal::Record& record) const {
    const auto last = continuity_.last();
    if (last == journal::Position{} || record.position().epoch == last.epoch) return false;
    const auto previous = epoch_previous(record);
    return previous && previous->epoch < last.epoch;
  }

  [[nodiscard]] bool wanted(std::string_view topic) const {
    return options_.topic_prefixes.empty() || topic == control_topic_ ||
           std::any_of(options_.topic_prefixes.begin(), options_.topic_prefixes.end(),
                       [&](const auto& prefix) { return topic.starts_with(prefix); });
  }

  void halt(const std::string& reason, Batch& batch) {
    halted_ = true;
    live_ = false;
    batch.records.clear();
    batch.notices.emplace_back(Halted{options_.source + ": " + reason});
  }

  // --- LIVE ----------------------------------------------------------------------------------

  void receive_live(Batch& batch, SteadyClock::time_point deadline) {
    zmq::pollitem_t item{subscription_.handle(), 0, ZMQ_POLLIN, 0};
    const auto limit = std::min(deadline, last_frame_ + options_.stale_after);
    zmq::poll(&item, 1, until(limit, SteadyClock::now()));
    auto messages = std::make_shared<std::vector<zmq::message_t>>();
    messages->reserve(max_live_records);
    while (messages->size() < max_live_records) {
      zmq::message_t message;
      if (!subscription_.recv(message, zmq::recv_flags::dontwait)) break;
      messages->push_back(std::move(message));
    }
    if (messages->empty()) return;
    note_frame();
    for (const auto& message : *messages) {
      const auto record = journal::decode_frame(message.to_string_view());
      if (!record) {
        ++malformed_;
        continue;
      }
      if (!take_live(*record, batch)) break;
    }
    if (!batch.records.empty()) batch.bytes = std::move(messages);
  }

  // False when the record raises a doubt.
  bool take_live(const journal::Record& record, Batch& batch) {
    if (record.header.payload_type == Envelope::kHeartbeat) {
      head_ = std::max(head_, record.position());
      if (record.position() > continuity_.last() && proves_a_hole()) doubt();
      return live_;
    }
    const auto previous = epoch_previous(record);
    switch (
        continuity_.judge(record, previous.has_value(), previous.value_or(journal::Position{}))) {
      case Verdict::drop:
        if (record.position().epoch < continuity_.last().epoch) ++zombies_;
        return true;
      case Verdict::doubt: doubt(); return false;
      case Verdict::accept: break;
    }
    continuity_.delivered(record);
    record_since_heartbeat_ = true;
    head_ = std::max(head_, record.position());
    batch.records.push_back(record);
    return true;
  }

  // A heartbeat was ahead of us. Frames arrive in order, so we missed records, unless they were of
  // topics we did not ask for: then only a quiet stretch is worth a look into the journal.
  bool proves_a_hole() {
    if (options_.topic_prefixes.empty()) return true;
    return !std::exchange(record_since_heartbeat_, false);
  }

  // What an EPOCH_START names as the position before it; nothing for other records.
  static std::optional<journal::Position> epoch_previous(const journal::Record& record) {
    if (record.header.payload_type != Envelope::kEpochStart) return std::nullopt;
    Envelope envelope;
    if (!envelope.ParseFromArray(record.payload.data(), static_cast<int>(record.payload.size()))) {
      return std::nullopt;
    }
    return journal::Position{envelope.epoch_start().previous_epoch(),
                             envelope.epoch_start().previous_offset()};
  }

  bool want_newest_;
  bool frame_since_check_ = false;
  bool record_since_heartbeat_ = false;
  SteadyClock::time_point last_receive_ = SteadyClock::now();
  SteadyClock::time_point last_frame_;
  std::optional<SteadyClock::time_point> asked_at_;  // a request is under way
  std::uint64_t request_id_ = 0;
};

Subscriber::Subscriber(zmq::context_t& context, SubscriberOptions options)
    : impl_(std::make_unique<Impl>(context, std::move(options))) {}
Subscriber::~Subscriber() = default;

Batch Subscriber::receive(milliseconds timeout) { return impl_->receive(timeout); }
void Subscriber::acknowledge(journal::Position position) { impl_->acknowledge(position); }
journal::Position Subscriber::last() const { return impl_->continuity_.last(); }
journal::Position Subscriber::head() const { return impl_->head_; }
std::uint64_t Subscriber::gaps() const { return impl_->doubts_; }
std::uint64_t Subscriber::fetched() const { return impl_->fetched_; }
bool Subscriber::live() const { return impl_->live_ && !impl_->stale_ && !impl_->halted_; }
bool Subscriber::halted() const { return impl_->halted_; }

}  // namespace depthwire::bus
