#pragma once

#include "common/bus/continuity.hpp"
#include "common/bus/subscription.hpp"
#include "proto/bus/request.pb.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::bus {

/// What a subscriber decides, without sockets, clocks or threads: what happened goes in, what is to
/// be delivered comes out in a Batch, and actions() tells what is to be done. Each call may add to
/// the batch; the caller hands a batch on before it passes in another reply.
///
/// CATCHUP: records come by FETCH, page after page, until the publisher's head is reached. LIVE:
/// frames of the PUB socket are taken while each follows the one before; any doubt leads back to
/// CATCHUP. HALT: nothing is delivered until the journal is repaired or an operator decides.
/// Source: reliability, "Subscriber"; docs/decisions.
class SubscriberState {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// What is to be done, in this order.
  struct Actions {
    bool reconnect = false;  ///< both sockets anew; what has gathered in them is dropped
    bool discard = false;    ///< frames that wait are dropped: what is asked for includes them
    std::vector<Request> requests;
  };

  SubscriberState(const SubscriberOptions& options, Time now);

  /// Time passes. Call it before each wait and after each of the other events.
  void tick(Time now, Batch& out);
  /// Frames have come and `waiting` of them, with so many bytes, have not been passed in.
  void heard(Time now, std::size_t waiting, std::size_t bytes);
  /// Frames of the PUB socket in their order; only while live(). They must outlive the batch.
  /// `more`: others wait.
  void take_frames(std::span<const std::string_view> frames, bool more, Batch& out);
  /// A reply of the ROUTER.
  void take_reply(Reply&& reply, Time now, Batch& out);
  /// The sockets were replaced although nobody asked for it.
  void reconnected(Time now);

  [[nodiscard]] Actions take_actions() { return std::exchange(actions_, {}); }
  /// When tick() is due although nothing happens.
  [[nodiscard]] Time wake_at() const;

  [[nodiscard]] bool live() const { return phase_ == Phase::live; }
  [[nodiscard]] bool stale() const { return stale_; }
  [[nodiscard]] bool halted() const { return phase_ == Phase::halted; }
  [[nodiscard]] journal::Position last() const { return continuity_.last(); }
  [[nodiscard]] journal::Position head() const { return head_; }
  [[nodiscard]] std::uint64_t doubts() const { return doubts_; }
  [[nodiscard]] std::uint64_t fetched() const { return fetched_; }
  [[nodiscard]] std::uint64_t zombies() const { return zombies_; }
  [[nodiscard]] std::uint64_t malformed() const { return malformed_; }

 private:
  enum class Phase : std::uint8_t { catch_up, live, halted };
  enum class Question : std::uint8_t { page, newest, heads, decision };
  struct Asked {
    std::uint64_t id = 0;
    Question question = Question::page;
    journal::Position after;
    std::optional<journal::Position> to;
    bool proves_last = false;  ///< begins with the record delivered last
    bool came_too_early = false;
    Time at;
  };
  /// Where the wanted topics stood a moment ago.
  struct Heads {
    journal::Position at;
    std::map<std::string, std::uint64_t, std::less<>> offsets;
    Time due;  ///< by then their frames must have come
  };

  // Asking.
  void ask(Time now);
  void ask_pages(std::size_t in_flight, Time now);
  void ask_fetch(const Asked& asked, bool decision_only);
  void ask_latest(Question question, Time now);
  void send(Request&& request, Asked asked);
  [[nodiscard]] std::optional<journal::Position> page_end(journal::Position after) const;

  // Taking replies.
  void take_data(const Asked& asked, Data&& data, Time now, Batch& out);
  [[nodiscard]] bool has_its_turn(const Asked& asked) const;
  void take_page(const Asked& asked, Data&& data, Time now, Batch& out);
  [[nodiscard]] bool begins_after_a_hole(std::string_view entries, journal::Position oldest) const;
  enum class Taken : std::uint8_t { yes, later, halted };
  Taken take_fetched(const journal::Record& record, journal::Position oldest, Time now, Batch& out);
  /// Whether the record delivered last is the one that the journal holds; false: halted.
  bool prove_last(const journal::Record& record, Time now, Batch& out);
  void guess_page_records(journal::Position after, journal::Position next, std::size_t bytes);
  void finish_page(const Asked& asked, const Data& data, Time now, Batch& out);
  void take_newest(Data&& data, Time now, Batch& out);
  void take_heads(const Data& data, Time now);
  void compare_heads();
  void take_decision(const Data& data, Time now, Batch& out);
  void take_aged_out(const Asked& asked, journal::Position first, Batch& out);

  // Taking frames. False: a doubt; the rest is not looked at.
  bool take_frame(std::string_view frame, Batch& out);
  bool take_heartbeat(const journal::Record& record);

  void discard();
  void catch_up();
  void become_live();
  void doubt();
  void halt(const std::string& reason, bool damaged, Time now, Batch& out);
  void resume(Batch& out);
  void lose(journal::Position first, Lost::Cause cause, Batch& out);
  void note_crc(const journal::Record& record);
  [[nodiscard]] bool wanted(std::string_view topic) const;

  SubscriberOptions options_;
  std::string control_topic_;
  bool filtered_;
  Phase phase_ = Phase::catch_up;
  Continuity continuity_;
  journal::Position head_;
  journal::Position cursor_;    // where the next page begins
  journal::Position accepted_;  // the newest decision of an operator that we know
  Actions actions_;
  std::deque<Asked> asked_;
  std::uint64_t request_id_ = 0;
  std::uint64_t page_records_;  // how many fit into a page, by the last one
  Time next_ask_;               // nothing is asked before
  Time last_frame_;
  bool heard_ = false;
  bool stale_ = false;
  bool frames_wait_ = false;
  bool damaged_ = false;  // halted until the journal can be read again, else until a decision
  std::string halt_reason_;

  bool want_newest_;
  std::optional<journal::Position> newest_head_;  // the head when the first of it came
  std::optional<journal::Position> newest_from_;  // the oldest keyframe: what follows is to come
  journal::Position newest_after_;

  std::optional<Heads> heads_;
  Time next_heads_;

  // The last record delivered, while it is known: an old copy may hold another in its place.
  journal::Position crc_of_;
  std::uint32_t crc_ = 0;
  bool prove_last_ = false;

  std::uint64_t doubts_ = 0;
  std::uint64_t fetched_ = 0;
  std::uint64_t zombies_ = 0;
  std::uint64_t malformed_ = 0;
};

}  // namespace depthwire::bus
