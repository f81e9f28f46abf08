#pragma once

#include "common/ctrader/frame.hpp"
#include "common/ctrader/request_pipeline.hpp"
#include "common/ctrader/session.hpp"
#include "tests/ctrader/virtual_broker.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace depthwire::tests {

/// The cores of a client, session and requests, driven as ctrader::Client drives them, but by a
/// clock that the test moves; with a caller that asks for what streaming and historical ask for.
class VirtualClient {
 public:
  VirtualClient(VirtualBroker& broker, Judge& judge, std::function<double()> random);

  void start(TimePoint now);
  void happen(TimePoint now, const Happening& happening);
  /// To be called at next() or later.
  void tick(TimePoint now);
  [[nodiscard]] TimePoint next() const;

  /// Asks for as much as the limits allow for half a minute, or for nothing but a subscription.
  void ask(TimePoint now, bool much);

  [[nodiscard]] ctrader::SessionState state() const { return session_.state(); }
  /// Requests made and answers heard, errors too.
  [[nodiscard]] std::uint64_t asked() const { return asked_; }
  [[nodiscard]] std::uint64_t heard() const { return heard_; }
  /// What was heard: "answered", or the code of an error.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& answers() const { return answers_; }
  /// How often each state was entered.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& states() const { return states_; }
  [[nodiscard]] Duration ready_for(TimePoint now) const;

 private:
  void opened();
  void received(const std::string& bytes);
  void message(const ctrader::Envelope& envelope);
  void run(const ctrader::Actions& actions);
  void change(const ctrader::StateChanged& changed);
  void tell(const std::vector<ctrader::AnswerHandler>& handlers, const std::string& code);
  void transmit();
  void send(ctrader::Request request);

  VirtualBroker& broker_;
  Judge& judge_;
  ctrader::Session session_;
  ctrader::RequestPipeline requests_;
  ctrader::FrameSplitter splitter_;
  TimePoint now_;
  TimePoint lost_at_ = TimePoint::min();  // when the connection ended, or began to be in `error`
  Duration wait_at_least_{};
  TimePoint ready_since_ = TimePoint::max();
  Duration ready_{};
  bool spots_ = false;
  std::uint64_t asked_ = 0;
  std::uint64_t heard_ = 0;
  std::map<std::string, std::uint64_t> answers_;
  std::map<std::string, std::uint64_t> states_;
};

}  // namespace depthwire::tests
