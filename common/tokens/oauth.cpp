#include "common/tokens/oauth.hpp"

#include <curl/curl.h>

#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace depthwire::tokens {
namespace {

struct Free {
  void operator()(char* text) const { curl_free(text); }
};

std::string escape(const std::string& text) {
  const std::unique_ptr<char, Free> escaped(
      curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size())));
  if (!escaped) throw std::bad_alloc();
  return escaped.get();
}

std::string unescape(std::string_view text) {
  std::string spaced(text);
  for (char& c : spaced) c = c == '+' ? ' ' : c;
  int size = 0;
  const std::unique_ptr<char, Free> plain(
      curl_easy_unescape(nullptr, spaced.data(), static_cast<int>(spaced.size()), &size));
  if (!plain) throw std::bad_alloc();
  return {plain.get(), static_cast<std::size_t>(size)};
}

std::string with_query(const std::string& url,
                       const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::string text = url;
  char separator = '?';
  for (const auto& [name, value] : parameters) {
    text += separator + name + "=" + escape(value);
    separator = '&';
  }
  return text;
}

}  // namespace

std::string consent_url(const std::string& page, const std::string& application_id,
                        const std::string& redirect_uri, const std::string& scope,
                        const std::string& state) {
  return with_query(page, {{"client_id", application_id},
                           {"redirect_uri", redirect_uri},
                           {"scope", scope},
                           {"product", "web"},
                           {"state", state}});
}

std::string code_url(const std::string& endpoint, const Application& application,
                     const std::string& code, const std::string& redirect_uri) {
  return with_query(endpoint, {{"grant_type", "authorization_code"},
                               {"code", code},
                               {"redirect_uri", redirect_uri},
                               {"client_id", application.id},
                               {"client_secret", application.secret}});
}

std::string refresh_url(const std::string& endpoint, const Application& application,
                        const std::string& refresh_token) {
  return with_query(endpoint, {{"grant_type", "refresh_token"},
                               {"refresh_token", refresh_token},
                               {"client_id", application.id},
                               {"client_secret", application.secret}});
}

std::map<std::string, std::string> parse_query(std::string_view query) {
  std::map<std::string, std::string> parameters;
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(pair.size() == query.size() ? pair.size() : pair.size() + 1);
    const auto equals = pair.find('=');
    const auto value = equals == std::string_view::npos ? "" : pair.substr(equals + 1);
    if (!pair.empty()) parameters.emplace(unescape(pair.substr(0, equals)), unescape(value));
  }
  return parameters;
}

}  // namespace depthwire::tokens
