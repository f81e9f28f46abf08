#include "common/ctrader/account_list.hpp"

#include "common/ctrader/errors.hpp"
#include "common/ctrader/frame.hpp"
#include "common/ctrader/requests.hpp"
#include "proto/ctrader/messages.pb.h"
#include "proto/ctrader/model.pb.h"

#include <boost/asio/io_context.hpp>

#include <optional>
#include <utility>

namespace depthwire::ctrader {
namespace {

using Accounts = tl::expected<std::vector<GrantedAccount>, std::string>;

std::vector<GrantedAccount> accounts_of(const ProtoOAGetAccountListByAccessTokenRes& list) {
  std::vector<GrantedAccount> accounts;
  for (const auto& entry : list.ctidtraderaccount()) {
    accounts.push_back({.id = static_cast<std::int64_t>(entry.ctidtraderaccountid()),
                        .login = entry.traderlogin(),
                        .live = entry.islive(),
                        .broker = entry.brokertitleshort()});
  }
  return accounts;
}

/// The application's authentication, then the one question.
class Question final : public ConnectionHandler {
 public:
  Question(boost::asio::io_context& io, const ConnectionOptions& options, Account account)
      : account_(std::move(account)), connection_(io, options, *this) {
    connection_.open();
  }

  [[nodiscard]] const std::optional<Accounts>& answer() const { return answer_; }

 private:
  void on_open() override { ask(application_auth(account_.client_id, account_.client_secret)); }
  void on_closed(const ConnectionFailure& failure) override {
    answer_ = tl::unexpected(failure.reason);
  }
  void on_frames(std::span<const std::string_view> frames) override {
    for (const auto frame : frames) {
      const auto envelope = decode_envelope(frame);
      if (envelope && !answer_) take(*envelope);
    }
  }

  void take(const Envelope& envelope) {
    if (is_error(envelope.payload_type)) {
      const auto error = decode_error(envelope);
      if (classify(error) != ErrorClass::already_done) answer_ = tl::unexpected(to_string(error));
    } else if (envelope.payload_type == PROTO_OA_APPLICATION_AUTH_RES) {
      ask(account_list(account_.access_token));
    } else if (envelope.payload_type == PROTO_OA_GET_ACCOUNTS_BY_ACCESS_TOKEN_RES) {
      ProtoOAGetAccountListByAccessTokenRes list;
      if (parse_payload(envelope, list)) {
        answer_ = accounts_of(list);
      } else {
        answer_ = tl::unexpected(std::string("an account list that cannot be read"));
      }
    }
  }

  void ask(const Request& request) {
    std::string out;
    append_request(out, request, "accounts");
    connection_.send(out);
  }

  Account account_;
  Connection connection_;
  std::optional<Accounts> answer_;
};

}  // namespace

Accounts list_accounts(const ConnectionOptions& connection, const Account& account,
                       std::chrono::milliseconds patience) {
  boost::asio::io_context io;
  const Question question(io, connection, account);
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!question.answer() && std::chrono::steady_clock::now() < end) io.run_one_until(end);
  if (!question.answer()) return tl::unexpected(std::string("the broker does not answer in time"));
  return *question.answer();
}

}  // namespace depthwire::ctrader
