#pragma once

#include "simulator/server/session.hpp"
#include "simulator/server/tokens.hpp"

#include <map>
#include <string>
#include <string_view>

namespace depthwire::simulator {

/// An answer over HTTP.
struct WebAnswer {
  unsigned status = 200;
  std::string type = "text/html; charset=utf-8";
  std::string body;
  std::string location;  ///< of a redirection
};

/// The broker's web side of a login: the page of consent and the endpoint for tokens, without
/// sockets. Source: PROTOCOL.md 4.1.
class OAuth {
 public:
  using Query = std::map<std::string, std::string>;

  OAuth(Credentials known, std::string redirect_uri, Tokens& tokens)
      : known_(std::move(known)), redirect_uri_(std::move(redirect_uri)), tokens_(tokens) {}

  /// `path` without its query, which is decoded.
  [[nodiscard]] WebAnswer answer(std::string_view path, const Query& query, TimePoint now);

 private:
  [[nodiscard]] WebAnswer consent(const Query& query, bool allowed, TimePoint now);
  [[nodiscard]] WebAnswer tokens(const Query& query, TimePoint now);

  Credentials known_;
  std::string redirect_uri_;  // registered
  Tokens& tokens_;
  struct Code {
    TimePoint good_until;
    bool may_trade = false;
  };
  std::map<std::string, Code> codes_;  // unused
  unsigned made_ = 0;
};

}  // namespace depthwire::simulator
