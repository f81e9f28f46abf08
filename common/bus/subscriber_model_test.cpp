// Random histories of a subscriber: a transport that loses, reorders, duplicates and delays,
// publishers that restart with and without a cut tail, retention. Each history is one seed; a
// failure prints it, and DEPTHWIRE_SEED=<seed> runs that one alone.
#include "common/bus/model_publisher.hpp"
#include "common/bus/subscriber_state.hpp"
#include "proto/bus/envelope.pb.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <queue>
#include <random>
#include <set>

namespace depthwire::bus {
namespace {

using std::chrono::milliseconds;
using Time = SubscriberState::Time;

#ifdef DEPTHWIRE_SANITIZED
constexpr std::uint64_t histories = 2'000;
#else
constexpr std::uint64_t histories = 100'000;
#endif
constexpr milliseconds heartbeat_every{250};
constexpr milliseconds quiet_time{4'000};  // longer than all retries together

const std::string spot = "sim.spot.A|";
const std::string quiet = "sim.bar.A|";
const std::string depth = "sim.depth.A|";

// What a reader makes of the records of one topic with keyframes: a keyframe gives it a book,
// every other record changes the book.
struct Book {
  bool known = false;
  std::uint64_t epoch = 0;
  std::uint64_t value = 0;

  static std::uint64_t changed(std::uint64_t value, std::uint64_t by) { return value * 31 + by; }
};

class History {
 public:
  History(std::uint64_t seed, Start start, std::vector<std::string> prefixes)
      : random_(seed),
        prefixes_(std::move(prefixes)),
        is_view_(std::holds_alternative<FromNewest>(start)),
        state_({.source = ModelPublisher::source,
                .start = start,
                .topic_prefixes = prefixes_,
                .page_bytes = 400},
               now_) {}

  void run() {
    faults_ = random_() % 4;  // some histories are calm
    const auto steps = 10 + random_() % 40;
    for (std::uint64_t i = 0; i < steps; ++i) {
      act();
      advance(milliseconds(random_() % 4 == 0 ? random_() % 1'500 : random_() % 30));
    }
    faults_ = 0;
    advance(quiet_time);
  }

  void check() const {
    ASSERT_FALSE(state_.halted());
    ASSERT_EQ(complaint_, "");
    if (is_view_) {
      check_state();
    } else {
      check_records();
    }
  }

 private:
  enum class Kind : std::uint8_t { frame, request, reply };
  struct Message {
    Time at;
    std::uint64_t number = 0;
    Kind kind = Kind::frame;
    std::uint64_t connection = 0;
    std::string bytes;
    bool operator<(const Message& other) const {
      return std::tie(other.at, other.number) < std::tie(at, number);  // the earliest on top
    }
  };

  // --- What happens ----------------------------------------------------------------------------

  void act() {
    switch (random_() % 12) {
      case 0: return restart();
      case 1: return publisher_.age_out(random_() % 12);
      case 2: return publish(quiet);
      case 3: return publish(depth);
      default:
        for (auto count = random_() % 8; count > 0; --count) {
          publish(random_() % 3 == 0 ? depth : spot);
        }
    }
  }

  void restart() {
    // A cut never reaches the record that began the epoch: that one was synced.
    const auto most = std::min<std::size_t>(publisher_.records_in_epoch() - 1, 4);
    const auto cut = random_() % 2 == 0 ? 0 : random_() % (most + 1);
    publisher_.restart(cut, 1, cut == 0 && random_() % 2 == 0);
    send_frame(publisher_.history().back());
    publish_keyframe();
  }

  void publish(const std::string& topic) {
    if (topic != depth) return send_frame(publisher_.append(topic, "x"));
    if (random_() % 5 == 0) return publish_keyframe();
    const auto by = random_() % 100;
    book_ = Book::changed(book_, by);
    send_frame(publisher_.append(depth, "c" + std::to_string(by), 11));
  }

  void publish_keyframe() {
    send_frame(publisher_.append(depth, "k" + std::to_string(book_), 11, true));
  }

  // --- The transport ---------------------------------------------------------------------------

  bool lucky() { return faults_ == 0 || random_() % 100 >= 5 * faults_; }

  milliseconds delay() {
    if (faults_ == 0 || random_() % 4 != 0) return milliseconds(1);
    return milliseconds(random_() % (random_() % 8 == 0 ? 1'200 : 60));
  }

  void send(Kind kind, const std::string& bytes) {
    if (!lucky()) return;
    const auto copies = lucky() ? 1 : 2;
    for (int i = 0; i < copies; ++i) {
      messages_.push({now_ + delay(), ++sent_, kind, connection_, bytes});
    }
  }

  void send_frame(const ModelPublisher::Record& record) {
    if (wanted(record.topic)) send(Kind::frame, std::string(record.frame()));
  }

  void advance(milliseconds time) {
    const auto end = now_ + time;
    while (true) {
      auto next = std::min({end, next_heartbeat_, std::max(state_.wake_at(), now_)});
      if (!messages_.empty()) next = std::min(next, messages_.top().at);
      now_ = std::max(now_, next);
      if (now_ >= next_heartbeat_) {
        next_heartbeat_ = now_ + heartbeat_every;
        send(Kind::frame, publisher_.heartbeat());
      }
      while (!messages_.empty() && messages_.top().at <= now_) {
        const auto message = messages_.top();
        messages_.pop();
        arrive(message);
      }
      turn();
      if (now_ >= end) return;
    }
  }

  void arrive(const Message& message) {
    switch (message.kind) {
      case Kind::request: {
        Request request;
        ASSERT_TRUE(request.ParseFromString(message.bytes));
        return send(Kind::reply, publisher_.answer(request).SerializeAsString());
      }
      case Kind::frame:
        if (message.connection != connection_) return;  // that socket was closed
        queue_.push_back(message.bytes);
        return state_.heard(now_, queue_.size(), 0);
      case Kind::reply: {
        if (message.connection != connection_) return;
        Reply reply;
        ASSERT_TRUE(reply.ParseFromString(message.bytes));
        Batch batch;
        state_.take_reply(std::move(reply), now_, batch);
        return deliver(batch);
      }
    }
  }

  // What the shell around the state does once per round.
  void turn() {
    Batch batch;
    state_.tick(now_, batch);
    perform();
    if (state_.live() && !queue_.empty() && random_() % 8 != 0) {
      const auto taken = std::exchange(queue_, {});
      const std::vector<std::string_view> frames(taken.begin(), taken.end());
      state_.take_frames(frames, false, batch);
      deliver(batch);
      perform();
      return;
    }
    deliver(batch);
  }

  void perform() {
    const auto actions = state_.take_actions();
    if (actions.reconnect) ++connection_;
    if (actions.reconnect || actions.discard) queue_.clear();
    for (const auto& request : actions.requests) send(Kind::request, request.SerializeAsString());
  }

  // --- The consumer ----------------------------------------------------------------------------

  void deliver(const Batch& batch) {
    for (const auto& notice : batch.notices) {
      if (const auto* lost = std::get_if<Lost>(&notice)) {
        if (prefixes_.empty() && !is_view_ && lost->after != last_) {
          complain("a loss begins elsewhere than where delivery ended");
        }
        last_ = {lost->first.epoch, lost->first.offset - 1};
        losses_.push_back(*lost);
        seen_book_ = {};
      }
    }
    for (const auto& record : batch.records) deliver(record);
  }

  void deliver(const journal::Record& record) {
    const auto position = record.position();
    if (!wanted(record.topic)) complain("a topic that was not asked for");
    if (prefixes_.empty() && !is_view_ && position <= last_) {
      complain("not in order: " + journal::to_string(position));
    }
    last_ = position;
    auto& of_topic = last_of_[std::string(record.topic)];
    if (position <= of_topic) complain("twice, or not in order: " + journal::to_string(position));
    of_topic = position;
    delivered_.insert(position);
    if (record.topic == depth) see_book(record);
  }

  void see_book(const journal::Record& record) {
    const auto number = std::stoull(std::string(record.payload.substr(1)));
    const auto epoch = record.position().epoch;
    if (epoch != seen_book_.epoch) seen_book_ = {.epoch = epoch};  // as an EPOCH_START demands
    if (record.payload[0] == 'c') {
      if (seen_book_.known) seen_book_.value = Book::changed(seen_book_.value, number);
    } else if (!seen_book_.known) {
      seen_book_ = {true, epoch, number};
    }
  }

  [[nodiscard]] bool wanted(std::string_view topic) const {
    return prefixes_.empty() || topic == ModelPublisher::control ||
           std::any_of(prefixes_.begin(), prefixes_.end(),
                       [&](const auto& prefix) { return topic.starts_with(prefix); });
  }

  void complain(const std::string& text) {
    if (complaint_.empty()) complaint_ = text;
  }

  // --- The truth -------------------------------------------------------------------------------

  // Every record that the publisher did not itself lose is delivered, or aged out and declared.
  void check_records() const {
    const auto first =
        delivered_.empty() ? publisher_.head() : std::min(*delivered_.begin(), publisher_.head());
    std::set<journal::Position> published;
    for (const auto& record : publisher_.history()) {
      published.insert(record.position);
      if (record.cut || !wanted(record.topic) || delivered_.contains(record.position)) continue;
      // "Everything that the journal still holds" does not count what was gone by then.
      if (record.aged && record.position < first) continue;
      const auto declared = std::any_of(losses_.begin(), losses_.end(), [&](const Lost& lost) {
        return lost.after < record.position && record.position < lost.first;
      });
      ASSERT_TRUE(declared && record.aged) << journal::to_string(record.position) << " is missing";
    }
    for (const auto& position : delivered_) ASSERT_TRUE(published.contains(position));
    // A loss says nothing of records that were still there, and ends where delivery goes on.
    for (const auto& lost : losses_) {
      for (const auto& record : publisher_.history()) {
        const bool inside = lost.after < record.position && record.position < lost.first;
        if (!inside || record.cut) continue;
        ASSERT_TRUE(record.aged) << "declared lost, but there";
      }
      ASSERT_TRUE(!prefixes_.empty() || delivered_.contains(lost.first) ||
                  is(lost.first, &ModelPublisher::Record::aged));
    }
  }

  [[nodiscard]] bool is(journal::Position position, bool ModelPublisher::Record::*what) const {
    return std::any_of(publisher_.history().begin(), publisher_.history().end(),
                       [&](const auto& each) { return each.position == position && each.*what; });
  }

  // A view has the newest record of each topic, and of one with keyframes what they add up to.
  void check_state() const {
    for (const auto& topic : {spot, quiet, depth, ModelPublisher::control}) {
      const auto* newest = publisher_.newest(topic);
      if (newest == nullptr || !wanted(topic)) continue;
      const auto seen = last_of_.find(topic);
      ASSERT_TRUE(seen != last_of_.end()) << topic << " was never seen";
      // What a power cut took back after it was seen may be newer.
      ASSERT_TRUE(seen->second == newest->position ||
                  is(seen->second, &ModelPublisher::Record::cut))
          << topic << ": " << journal::to_string(seen->second) << " instead of "
          << journal::to_string(newest->position);
    }
    if (!wanted(depth)) return;
    ASSERT_TRUE(!seen_book_.known || seen_book_.value == book_);
    const bool holds_keyframe = std::any_of(publisher_.history().begin(),
                                            publisher_.history().end(), [&](const auto& each) {
                                              return each.is_keyframe && !each.cut && !each.aged &&
                                                     each.position.epoch == publisher_.head().epoch;
                                            });
    ASSERT_TRUE(seen_book_.known || !holds_keyframe || !losses_.empty());
  }

  std::mt19937_64 random_;
  std::uint64_t faults_ = 0;
  Time now_{std::chrono::hours(1)};
  Time next_heartbeat_ = now_;
  ModelPublisher publisher_;
  std::uint64_t book_ = 7;
  std::priority_queue<Message> messages_;
  std::uint64_t sent_ = 0;
  std::uint64_t connection_ = 0;
  std::vector<std::string> queue_;
  std::vector<std::string> prefixes_;
  bool is_view_;
  SubscriberState state_;

  journal::Position last_;  // delivered, or told to be lost
  std::set<journal::Position> delivered_;
  std::map<std::string, journal::Position> last_of_;
  std::vector<Lost> losses_;
  Book seen_book_;
  std::string complaint_;
};

void run_histories(const Start& start, const std::vector<std::string>& prefixes,
                   std::uint64_t count) {
  const char* given = std::getenv("DEPTHWIRE_SEED");
  const std::uint64_t first = given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
  for (std::uint64_t seed = first; seed < first + (given == nullptr ? count : 1); ++seed) {
    History history(seed, start, prefixes);
    history.run();
    history.check();
    ASSERT_FALSE(::testing::Test::HasFailure())
        << "seed " << seed << "; run it alone with DEPTHWIRE_SEED=" << seed;
  }
}

TEST(SubscriberModel, EachHistoryEndsWithEveryRecordOnce) {
  run_histories(FromOldest{}, {}, histories * 6 / 10);
}

TEST(SubscriberModel, AFilteredSubscriberHasEveryRecordOfItsTopicsOnce) {
  run_histories(FromOldest{}, {"sim.spot.", "sim.bar."}, histories * 2 / 10);
}

TEST(SubscriberModel, AViewEndsWithTheStateOfEachTopic) {
  run_histories(FromNewest{}, {"sim.depth.", "sim.bar."}, histories / 10);
  run_histories(FromNewest{}, {}, histories / 10);
}

}  // namespace
}  // namespace depthwire::bus
