#include "services/gateway/net/server.hpp"

#include "common/service/exit_error.hpp"
#include "tests/support/websocket_client.hpp"

#include <boost/asio/post.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <future>
#include <thread>

namespace depthwire::gateway {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;
using tests::WebSocketClient;

const Asset page[] = {{"/index.html", "text/html; charset=utf-8", "<!doctype html>"}};

/// A server on a port of its own, its loop in a thread, fed by the test.
class ServerTest : public testing::Test {
 protected:
  void start(const std::function<void(ServerSettings&)>& change = {}) {
    ServerSettings settings;
    settings.port = 0;
    settings.version = "test";
    if (change) change(settings);
    server_.emplace(loop_, hub_, settings, page);
    port_ = server_->port();
    thread_ = std::thread([this] { loop_.run(); });
  }

  void TearDown() override {
    if (!thread_.joinable()) return;
    boost::asio::post(loop_, [this] { server_.reset(); });
    boost::asio::post(loop_, [this] { loop_.stop(); });
    thread_.join();
  }

  /// Runs `action` in the loop and gives what it gives.
  template <class Action>
  auto in_loop(Action action) {
    std::promise<decltype(action())> result;
    boost::asio::post(loop_, [&] { result.set_value(action()); });
    return result.get_future().get();
  }

  /// Lets one book of `symbol` come in, with `levels` levels a side.
  void publish_book(const std::string& symbol, int levels = 1) {
    bus::Envelope envelope;
    envelope.set_symbol(symbol);
    auto& book = *envelope.mutable_book();
    for (int i = 0; i < levels; ++i) {
      book.add_bid_prices_points(100'000 - i);
      book.add_bid_sizes_cents(100);
      book.add_ask_prices_points(100'001 + i);
      book.add_ask_sizes_cents(100);
    }
    const auto payload = envelope.SerializeAsString();
    in_loop([&] {
      journal::Record record;
      record.header.position = {1, ++offset_};
      record.header.payload_type = bus::Envelope::kBook;
      record.payload = payload;
      std::vector<FramePtr> frames;
      board_.apply("sim.aggregator", record, frames);
      hub_.publish(frames);
      hub_.flush();
      return 0;
    });
  }

  /// Upgrades and takes the greeting.
  static void greet(WebSocketClient& client) {
    ASSERT_EQ(client.upgrade(), 101);
    const auto hello = client.read_text();
    ASSERT_TRUE(hello.has_value());
    ASSERT_EQ(json::parse(*hello)["type"], "hello");
  }

  static std::uint64_t offset_of(const std::string& message) {
    const auto position = json::parse(message)["position"].get<std::string>();
    return std::stoull(position.substr(position.rfind(':') + 1));
  }

  std::function<void(HistoryAnswer)> kept_answer_;  ///< outlives the loop
  boost::asio::io_context loop_{1};
  Board board_{"sim"};
  Hub hub_{board_};
  std::optional<Server> server_;
  std::uint16_t port_ = 0;
  std::uint64_t offset_ = 0;
  std::thread thread_;
  std::jthread reader_;  ///< of history; joined before the loop goes
};

TEST_F(ServerTest, ServesThePageWithAStrictPolicy) {
  start();

  const auto response = WebSocketClient(port_).get("/");

  EXPECT_THAT(response, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(response,
              HasSubstr("Content-Security-Policy: default-src 'none'; script-src 'self'"));
  EXPECT_THAT(response, HasSubstr("<!doctype html>"));
  EXPECT_THAT(WebSocketClient(port_).get("/../etc/passwd"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(WebSocketClient(port_).get("/ws"), StartsWith("HTTP/1.1 426"));
}

TEST_F(ServerTest, AnswersWhatIsKnown) {
  start();
  publish_book("EURUSD");

  const auto symbols = WebSocketClient(port_).get("/api/symbols");
  const auto status = WebSocketClient(port_).get("/api/status");

  EXPECT_THAT(symbols, HasSubstr(R"([{"symbol":"EURUSD")"));
  EXPECT_THAT(status, HasSubstr(R"("environment":"sim")"));
}

TEST_F(ServerTest, AClientSeesWhatIsKnownAndThenWhatComes) {
  start();
  publish_book("EURUSD");
  WebSocketClient client(port_);
  greet(client);
  const auto known = client.read_text();
  publish_book("USDJPY");

  const auto live = client.read_text();

  ASSERT_TRUE(known && live);
  EXPECT_EQ(json::parse(*known)["symbol"], "EURUSD");
  EXPECT_EQ(json::parse(*live)["symbol"], "USDJPY");
}

TEST_F(ServerTest, ASubscriptionNarrowsWhatIsSent) {
  start();
  WebSocketClient client(port_);
  greet(client);
  client.send_text(R"({"type":"subscribe","symbols":["USDJPY"],"streams":["book"]})");
  const auto confirmed = client.read_text();
  publish_book("EURUSD");
  publish_book("USDJPY");

  const auto book = client.read_text();

  ASSERT_TRUE(confirmed && book);
  EXPECT_EQ(json::parse(*confirmed)["type"], "subscribed");
  EXPECT_EQ(json::parse(*book)["symbol"], "USDJPY");
}

TEST_F(ServerTest, AMalformedMessageIsAnsweredWithTheProblem) {
  start();
  WebSocketClient client(port_);
  greet(client);
  client.send_text("subscribe!");

  EXPECT_EQ(client.read_text(), R"({"type":"error","error":"the message is not JSON"})");
  client.send_frame(2, "{}");
  EXPECT_EQ(client.read_text(), R"({"type":"error","error":"the message is binary"})");
}

TEST_F(ServerTest, AForeignPageIsRefused) {
  start([](ServerSettings& settings) { settings.origins = {"https://panel.example.org"}; });
  const auto own = "http://127.0.0.1:" + std::to_string(port_);

  EXPECT_EQ(WebSocketClient(port_, {.origin = own}).upgrade(), 101);
  EXPECT_EQ(WebSocketClient(port_, {.origin = "https://panel.example.org"}).upgrade(), 101);
  EXPECT_EQ(WebSocketClient(port_, {.origin = "https://evil.example.org"}).upgrade(), 403);
  EXPECT_EQ(WebSocketClient(port_, {.host = "evil.example.org"}).upgrade(), 403);
  EXPECT_THAT(WebSocketClient(port_, {.host = "evil.example.org"}).get("/api/status"),
              StartsWith("HTTP/1.1 403"));
}

TEST_F(ServerTest, AMessageThatIsTooLongEndsTheConnection) {
  start();
  WebSocketClient client(port_);
  greet(client);

  client.send_text(std::string((64 << 10) + 1, ' '));
  const auto frame = client.read_frame();

  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->opcode, 8);
  EXPECT_EQ(frame->close_code(), 1009);
}

TEST_F(ServerTest, AClientThatTalksTooMuchIsClosed) {
  start();
  WebSocketClient client(port_);
  greet(client);

  for (int i = 0; i < 30; ++i) client.send_text("{}");
  std::optional<WebSocketClient::Frame> frame;
  int answers = 0;
  while ((frame = client.read_frame()) && frame->opcode == 1) ++answers;

  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->close_code(), 1008);
  EXPECT_GE(answers, 20);
}

TEST_F(ServerTest, APingIsAnsweredInTheMidstOfData) {
  start();
  WebSocketClient client(port_);
  greet(client);
  client.send_frame(9, "are you there");
  for (int i = 0; i < 100; ++i) publish_book("EURUSD");

  bool answered = false;
  int books = 0;
  while (books < 100 || !answered) {
    const auto frame = client.read_frame();
    ASSERT_TRUE(frame.has_value());
    if (frame->opcode == 10) answered = frame->payload == "are you there";
    if (frame->opcode == 1) ++books;
  }

  EXPECT_TRUE(answered);
}

TEST_F(ServerTest, PingsComeByThemselves) {
  start([](ServerSettings& settings) { settings.ping_every = std::chrono::milliseconds(50); });
  WebSocketClient client(port_);
  greet(client);

  const auto frame = client.read_frame();

  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->opcode, 9);
}

TEST_F(ServerTest, ACloseIsAnswered) {
  start();
  WebSocketClient client(port_);
  greet(client);

  client.send_frame(8, "\x03\xE8");
  const auto frame = client.read_frame();

  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->close_code(), 1000);
  EXPECT_EQ(client.read_frame(), std::nullopt);
}

/// F22 of the failure table: conflated first, then asked to come again later; nobody else notices.
TEST_F(ServerTest, ASlowReaderIsConflatedThenClosedAndNobodyElseNotices) {
  start([](ServerSettings& settings) { settings.slow_after = std::chrono::milliseconds(300); });
  WebSocketClient slow(port_, {.receive_buffer = 4096});
  WebSocketClient fast(port_);
  greet(slow);
  greet(fast);

  constexpr std::uint64_t books = 4000;
  std::atomic<std::uint64_t> fast_books = 0;
  std::atomic<bool> reading = true;
  std::thread reader([&] {
    for (std::optional<std::string> text; fast_books < books && (text = fast.read_text());) {
      if (offset_of(*text) != fast_books + 1) break;
      ++fast_books;
    }
    reading = false;
  });
  for (std::uint64_t i = 0; i < books; ++i) {
    publish_book("EURUSD", 20);
    // The server may be faster than this test reads: the fast reader has to keep up.
    while (i % 100 == 99 && fast_books <= i && reading) std::this_thread::yield();
  }
  reader.join();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (in_loop([&] { return hub_.counters().closed_slow; }) == 0 &&
         std::chrono::steady_clock::now() < deadline) {
    slow.read_byte();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // this reader's pace
  }

  EXPECT_EQ(fast_books.load(), books);
  EXPECT_EQ(in_loop([&] { return hub_.counters().closed_slow; }), 1U);
  EXPECT_GT(in_loop([&] { return hub_.counters().frames_conflated; }), 0U);
  std::optional<WebSocketClient::Frame> frame;
  while ((frame = slow.read_frame()) && frame->opcode == 1) {
  }
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->close_code(), 1013);
}

TEST_F(ServerTest, AReaderThatCatchesUpHasTheLatestBook) {
  start();
  WebSocketClient client(port_, {.receive_buffer = 4096});
  greet(client);
  constexpr std::uint64_t books = 4000;
  for (std::uint64_t i = 0; i < books; ++i) publish_book("EURUSD", 20);

  std::uint64_t received = 0;
  std::uint64_t last = 0;
  std::uint64_t missed = 0;
  while (last != books || missed == 0) {
    const auto text = client.read_text();
    ASSERT_TRUE(text.has_value()) << "last " << last << " missed " << missed;
    const auto message = json::parse(*text);
    if (message["type"] == "conflated") {
      missed += message["dropped"].get<std::uint64_t>();
    } else {
      ASSERT_GT(offset_of(*text), last);
      last = offset_of(*text);
      ++received;
    }
  }

  EXPECT_EQ(received + missed, books);
}

TEST_F(ServerTest, HistoryIsAnsweredLaterAndWrongRequestsAtOnce) {
  start([this](ServerSettings& settings) {
    settings.history = [this](const HistoryQuery& query, const auto& answer) {
      if (query.symbol == "BUSY") return false;
      reader_ = std::jthread([query, answer] {
        answer({200, history_json(query, {{0, "1", "1", "1", "1", 1, "history"}}, "")});
      });
      return true;
    };
  });
  const std::string range = "&period=M1&from=0&to=60000";

  const auto answer = WebSocketClient(port_).get("/api/history/bars?symbol=EURUSD" + range);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answer, HasSubstr(R"({"symbol":"EURUSD","period":"m1","complete":true)"));
  const auto busy = WebSocketClient(port_).get("/api/history/bars?symbol=BUSY" + range);
  EXPECT_THAT(busy, StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(busy, HasSubstr("Retry-After"));
  const auto wrong = WebSocketClient(port_).get("/api/history/bars?symbol=EURUSD");
  EXPECT_THAT(wrong, StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(wrong, HasSubstr("period: expected"));
}

// Whoever reads history drops its callback when it likes, in its own thread: the connection, which
// belongs to the loop, must not end there.
TEST_F(ServerTest, AConnectionEndsInTheLoopHoweverLongItsAnswerIsKept) {
  start([this](ServerSettings& settings) {
    settings.history = [this](const HistoryQuery&, const auto& answer) {
      kept_answer_ = answer;
      answer({200, "{}"});
      return true;
    };
  });

  EXPECT_THAT(
      WebSocketClient(port_).get("/api/history/bars?symbol=EURUSD&period=M1&from=0&to=60000"),
      StartsWith("HTTP/1.1 200"));
}

TEST_F(ServerTest, TheNumberOfClientsIsBounded) {
  start([](ServerSettings& settings) { settings.max_clients = 1; });
  WebSocketClient first(port_);
  greet(first);

  EXPECT_EQ(WebSocketClient(port_).upgrade(), 503);
}

TEST_F(ServerTest, ClientsAreToldThatTheGatewayStops) {
  start();
  WebSocketClient client(port_);
  greet(client);

  in_loop([&] {
    server_->stop();
    return 0;
  });
  const auto frame = client.read_frame();

  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->close_code(), 1001);
}

int exit_code_of(ServerSettings settings) {
  boost::asio::io_context loop;
  Board board("sim");
  Hub hub(board);
  try {
    const Server server(loop, hub, std::move(settings), page);
  } catch (const service::ExitError& error) {
    return error.code();
  }
  return 0;
}

TEST_F(ServerTest, AnAddressThatOthersReachMustBeMeant) {
  EXPECT_EQ(exit_code_of({.address = "0.0.0.0", .port = 0}), 78);
  EXPECT_EQ(exit_code_of({.address = "0.0.0.0", .port = 0, .allow_remote = true}), 0);
  EXPECT_EQ(exit_code_of({.address = "localhost", .port = 0}), 78);
  EXPECT_EQ(exit_code_of({.port = 0, .origins = {"https://example.org/"}}), 78);
}

TEST_F(ServerTest, APortInUseHasItsOwnExitCode) {
  start();

  EXPECT_EQ(exit_code_of({.port = port_}), 69);
}

}  // namespace
}  // namespace depthwire::gateway
