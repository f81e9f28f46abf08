#include "simulator/server/test_client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include <array>

namespace depthwire::simulator {

namespace asio = boost::asio;
using namespace ctrader;

std::string frame_of(std::uint32_t payload_type, const google::protobuf::MessageLite& message,
                     std::string_view message_id) {
  ProtoMessage envelope;
  envelope.set_payloadtype(payload_type);
  message.SerializeToString(envelope.mutable_payload());
  if (!message_id.empty()) envelope.set_clientmsgid(std::string(message_id));
  const auto size = envelope.ByteSizeLong();
  std::string frame;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    frame.push_back(static_cast<char>((size >> shift) & 0xFFU));
  }
  envelope.AppendToString(&frame);
  return frame;
}

namespace {

// Size of the first frame with its length, or 0 when it is not whole.
std::size_t whole_frame(std::string_view bytes) {
  if (bytes.size() < 4) return 0;
  std::size_t size = 0;
  for (std::size_t i = 0; i < 4; ++i) size = (size << 8U) | static_cast<unsigned char>(bytes[i]);
  return bytes.size() >= size + 4 ? size + 4 : 0;
}

}  // namespace

std::vector<ProtoMessage> take_frames(std::string& bytes) {
  std::vector<ProtoMessage> frames;
  std::size_t at = 0;
  while (const auto size = whole_frame(std::string_view(bytes).substr(at))) {
    frames.emplace_back().ParseFromArray(bytes.data() + at + 4, static_cast<int>(size - 4));
    at += size;
  }
  bytes.erase(0, at);
  return frames;
}

struct TestClient::Socket {
  asio::io_context io;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  std::optional<asio::ssl::stream<asio::ip::tcp::socket>> stream;
};

TestClient::TestClient(std::uint16_t port, const std::filesystem::path& ca)
    : socket_(std::make_unique<Socket>()) {
  socket_->tls.load_verify_file(ca.string());
  socket_->tls.set_verify_mode(asio::ssl::verify_peer);
  auto& stream = socket_->stream.emplace(socket_->io, socket_->tls);
  stream.set_verify_callback(asio::ssl::host_name_verification("127.0.0.1"));
  stream.lowest_layer().connect({asio::ip::make_address("127.0.0.1"), port});
  stream.lowest_layer().set_option(asio::ip::tcp::no_delay(true));
  stream.handshake(asio::ssl::stream_base::client);
}

TestClient::TestClient(TestClient&&) noexcept = default;
TestClient::~TestClient() = default;

void TestClient::send(std::string_view bytes) {
  asio::write(*socket_->stream, asio::buffer(bytes));
}

void TestClient::send(std::uint32_t payload_type, const google::protobuf::MessageLite& message,
                      std::string_view message_id) {
  send(frame_of(payload_type, message, message_id));
}

std::optional<std::string> TestClient::read() {
  std::string bytes(65536, '\0');
  boost::system::error_code error;
  const auto size = socket_->stream->read_some(asio::buffer(bytes), error);
  if (error) return std::nullopt;
  bytes.resize(size);
  return bytes;
}

std::optional<ProtoMessage> TestClient::receive() {
  while (true) {
    if (const auto size = whole_frame(inbox_)) {
      ProtoMessage message;
      message.ParseFromArray(inbox_.data() + 4, static_cast<int>(size - 4));
      inbox_.erase(0, size);
      return message;
    }
    const auto bytes = read();
    if (!bytes) return std::nullopt;
    inbox_ += *bytes;
  }
}

void TestClient::close() { socket_->stream->lowest_layer().close(); }

void TestClient::log_in_and_subscribe(const Credentials& credentials,
                                      std::span<const std::int64_t> symbol_ids) {
  ProtoOAApplicationAuthReq application;
  application.set_clientid(credentials.client_id);
  application.set_clientsecret(credentials.client_secret);
  send(PROTO_OA_APPLICATION_AUTH_REQ, application);
  ProtoOAAccountAuthReq account;
  account.set_ctidtraderaccountid(credentials.account_ids.front());
  account.set_accesstoken(credentials.access_token);
  send(PROTO_OA_ACCOUNT_AUTH_REQ, account);
  ProtoOASubscribeSpotsReq spots;
  ProtoOASubscribeDepthQuotesReq depth;
  spots.set_ctidtraderaccountid(credentials.account_ids.front());
  spots.set_subscribetospottimestamp(true);
  depth.set_ctidtraderaccountid(credentials.account_ids.front());
  for (const auto id : symbol_ids) {
    spots.add_symbolid(id);
    depth.add_symbolid(id);
  }
  send(PROTO_OA_SUBSCRIBE_SPOTS_REQ, spots);
  send(PROTO_OA_SUBSCRIBE_DEPTH_QUOTES_REQ, depth);
}

}  // namespace depthwire::simulator
