#pragma once

#include "common/ctrader/errors.hpp"
#include "common/ctrader/pending.hpp"
#include "common/ctrader/request_queue.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace depthwire::ctrader {

/// What came of a request: the answer, or why there is none. An answer's views hold during the
/// call; "it is so already" is an answer with an empty payload.
using Answer = tl::expected<Envelope, BrokerError>;
using AnswerHandler = std::function<void(const Answer&)>;

/// An answer and whom it is for.
struct Reply {
  AnswerHandler handler;  ///< empty: nobody needs to hear, the request is sent again
  Answer answer;
};

struct PipelineOptions {
  std::string name;                                    ///< begins the ids of requests
  Duration answer_timeout = std::chrono::seconds{30};  ///< from the sending of a request
  std::function<double()> random;                      ///< in [0, 1)
  std::function<std::int64_t()> unix_ms;               ///< UTC, for the end of a maintenance
};

/// The requests of one connection from their callers to the answers: sent within the rate limits,
/// matched by id, given up when nobody answers. What the broker throttles or cannot do at the
/// moment is sent again a few times, a subscription for ever. Knows no socket and no clock, and
/// calls nobody: it gives handlers back.
class RequestPipeline {
 public:
  explicit RequestPipeline(PipelineOptions options);

  /// Queues a request of a caller.
  void send(Request request, AnswerHandler handler);
  /// Queues a request of the session, which sees to its answer by itself.
  void send_own(Request request, std::string client_msg_id);

  /// Appends to `out` the frames of what may go at `now`, which counts as sent. Gives how many.
  std::size_t take(TimePoint now, std::string& out);
  /// Whom `envelope` answers; empty when it is no answer to a caller. Views of the answer are those
  /// of `envelope`. To be shown every message, as those of the session tell what has arrived.
  [[nodiscard]] std::optional<Reply> answer(TimePoint now, const Envelope& envelope);
  /// Callers that nobody has answered in time.
  [[nodiscard]] std::vector<AnswerHandler> expire(TimePoint now);
  /// Callers whose requests are void, with the account's session or the connection.
  [[nodiscard]] std::vector<AnswerHandler> lose();
  /// Forgets the requests and their callers, who have gone too.
  void clear();
  /// The connection is closed.
  void disconnected(TimePoint now) { queue_.disconnected(now); }

  /// Whether anything waits to be sent.
  [[nodiscard]] bool waiting() const { return !queue_.empty(); }
  /// How many requests have had to wait for the limits so far.
  [[nodiscard]] std::uint64_t held_back() const { return queue_.held_back(); }
  /// When take() or expire() will next give something; max(): not before something happens.
  [[nodiscard]] TimePoint next_due() const;

 private:
  struct InFlight {
    Request request;
    AnswerHandler handler;
    int attempts = 0;
  };

  void enqueue(InFlight request);
  [[nodiscard]] Duration pause(int attempts, const BrokerError& error);

  PipelineOptions options_;
  RequestQueue queue_;
  Pending<InFlight> pending_;
};

}  // namespace depthwire::ctrader
