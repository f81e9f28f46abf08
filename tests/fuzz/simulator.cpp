// Arbitrary bytes from a client of the simulator, over TCP and over WebSocket, in protobuf and in
// JSON. However they are cut, the answer is the same.
#include "simulator/server/session.hpp"
#include "simulator/server/transport.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace {

using namespace depthwire;
using namespace simulator;

constexpr std::string_view upgrade =
    "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

std::vector<SymbolInfo> symbols() {
  return {{.name = "EURUSD",
           .opening = {.bid = market::Price{100'000}, .ask = market::Price{100'010}}}};
}

/// A server with one client.
class Server {
 public:
  explicit Server(Encoding encoding) : transport_(encoding, 1 << 16) {}

  void take(std::string_view bytes) {
    transport_.receive(bytes, session_, now_, out_);
    transport_.send(session_, out_);
  }
  [[nodiscard]] const std::string& out() const { return out_; }

 private:
  static constexpr std::int64_t start_ns = 1'767'596'400'000'000'000;

  const TimePoint now_ = TimePoint() + std::chrono::hours(1);
  SessionSettings settings_;
  Board board_{symbols(), start_ns};
  Tally tally_{board_.size()};
  RequestFaults faults_;
  Tokens tokens_{{settings_.credentials.access_token, settings_.credentials.refresh_token,
                  settings_.credentials.may_trade}};
  std::size_t bars_to_spoil_ = 0;
  Accounts accounts_ = make_accounts(settings_.credentials.account_ids, board_);
  Session session_{settings_,
                   {board_, tally_, faults_, bars_to_spoil_, tokens_, accounts_,
                    [this](std::int64_t account_id, const auto& notices, const auto& id) {
                      session_.on_account(account_id, notices, id);
                    }},
                   now_};
  Transport transport_;
  std::string out_;
};

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  google::protobuf::SetLogHandler(nullptr);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto encoding = (data[0] & 1U) != 0 ? Encoding::json : Encoding::protobuf;
  const bool upgraded = (data[0] & 2U) != 0;
  const std::size_t piece = 1 + data[1];
  const auto bytes = std::string(upgraded ? upgrade : "").append(fuzz::text(data, size).substr(2));

  Server at_once(encoding);
  at_once.take(bytes);
  Server in_pieces(encoding);
  for (std::string_view rest = bytes; !rest.empty();
       rest.remove_prefix(std::min(piece, rest.size()))) {
    in_pieces.take(rest.substr(0, piece));
  }
  fuzz::require(at_once.out() == in_pieces.out(), "a cut changes nothing");
  return 0;
}
