#include "proto/ctrader/messages.pb.h"
#include "simulator/server/session.hpp"
#include "simulator/server/session_parse.hpp"

#include <algorithm>
#include <limits>

namespace depthwire::simulator {

using namespace ctrader;

namespace {

constexpr std::int64_t week_ms = 604'800'000;
constexpr std::size_t bars_per_answer = 5'000;
constexpr std::size_t ticks_per_answer = 10'000;

// The widest from..to that bars of a period may be asked for (PROTOCOL.md 8.1).
std::int64_t widest_ms(Period period) {
  if (period <= Period::m5) return 3'024'000'000;
  if (period <= Period::h1) return 21'168'000'000;
  if (period <= Period::d1) return 31'622'400'000;
  return 158'112'000'000;
}

}  // namespace

void Session::trendbars(const Request& request) {
  const auto message = parse_for_account<ProtoOAGetTrendbarsReq>(request);
  if (!message || !known_period(message->period())) return;
  const auto symbol = known_symbol(message->symbolid());
  if (!symbol) return;
  const auto period = static_cast<Period>(message->period());
  const std::int64_t to =
      message->has_totimestamp() ? message->totimestamp() : board_.time_ns() / 1'000'000;
  // A count reaches back from the end, whatever the beginning says.
  const bool by_count = message->has_count() && message->count() > 0;
  std::int64_t from = std::numeric_limits<std::int64_t>::min();
  if (!by_count && message->has_fromtimestamp()) {
    from = message->fromtimestamp();
    if (from < 0 || to < from || to - from > widest_ms(period)) {
      return refuse("INCORRECT_BOUNDARIES", "from and to are wrong or too far apart");
    }
  }
  const std::size_t wanted =
      by_count ? std::min<std::size_t>(message->count(), bars_per_answer) : bars_per_answer;
  const auto bars = board_.at(*symbol).bars(period, from, to, wanted);

  ProtoOAGetTrendbarsRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  answer.set_period(message->period());
  // Deprecated, and still sent.
  answer.GetReflection()->SetInt64(&answer,
                                   ProtoOAGetTrendbarsRes::descriptor()->FindFieldByNumber(
                                       ProtoOAGetTrendbarsRes::kTimestampFieldNumber),
                                   to);
  answer.set_symbolid(message->symbolid());
  answer.set_hasmore(bars.has_more);
  for (const Bar& bar : bars.found) {
    auto& out = *answer.add_trendbar();
    out.set_volume(bar.volume);
    out.set_low(bar.low.points);
    out.set_deltaopen(static_cast<std::uint64_t>(bar.open.points - bar.low.points));
    out.set_deltaclose(static_cast<std::uint64_t>(bar.close.points - bar.low.points));
    out.set_deltahigh(static_cast<std::uint64_t>(bar.high.points - bar.low.points));
    out.set_utctimestampinminutes(static_cast<std::uint32_t>(bar.open_minute));
  }
  reply(PROTO_OA_GET_TRENDBARS_RES, answer);
}

void Session::tick_data(const Request& request) {
  const auto message = parse_for_account<ProtoOAGetTickDataReq>(request);
  if (!message) return;
  const auto symbol = known_symbol(message->symbolid());
  if (!symbol) return;
  const std::int64_t to =
      message->has_totimestamp() ? message->totimestamp() : board_.time_ns() / 1'000'000;
  const std::int64_t from = message->has_fromtimestamp() ? message->fromtimestamp() : to - week_ms;
  if (to < from || to - from > week_ms) {
    return refuse("INCORRECT_BOUNDARIES", "from and to are wrong or more than a week apart");
  }
  const auto side = message->type() == BID ? market::Side::bid : market::Side::ask;
  const auto ticks = board_.at(*symbol).ticks(side, from, to, ticks_per_answer);

  ProtoOAGetTickDataRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  answer.set_hasmore(ticks.has_more);
  // Newest first; after the first one only what differs from the one before.
  Tick before;
  for (auto tick = ticks.found.rbegin(); tick != ticks.found.rend(); ++tick) {
    auto& out = *answer.add_tickdata();
    out.set_timestamp(tick->time_ms - before.time_ms);
    out.set_tick(tick->price.points - before.price.points);
    before = *tick;
  }
  reply(PROTO_OA_GET_TICKDATA_RES, answer);
}

}  // namespace depthwire::simulator
