#include "common/tokens/endpoint.hpp"

#include <curl/curl.h>

#include <memory>
#include <mutex>
#include <stdexcept>

namespace depthwire::tokens {
namespace {

constexpr std::size_t largest_answer = 64U << 10U;

struct Cleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};

void start_curl() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
      throw std::runtime_error("libcurl does not start");
    }
  });
}

std::size_t append(const char* bytes, std::size_t one, std::size_t count, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + count > largest_answer) return 0;  // which ends the transfer
  body.append(bytes, count);
  return one * count;
}

int ends(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

}  // namespace

Reply Endpoint::exchange(const std::string& code, const std::string& redirect_uri,
                         const std::stop_token& stop) const {
  return get(code_url(url, application, code, redirect_uri), stop);
}

Reply Endpoint::refresh(const std::string& refresh_token, const std::stop_token& stop) const {
  return get(refresh_url(url, application, refresh_token), stop);
}

Reply Endpoint::get(const std::string& secret_url, const std::stop_token& stop) const {
  start_curl();
  const std::unique_ptr<CURL, Cleanup> curl(curl_easy_init());
  if (!curl) throw std::runtime_error("libcurl gives no handle");
  std::string body;
  auto* const handle = curl.get();
  curl_easy_setopt(handle, CURLOPT_URL, secret_url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, ca_file.c_str());
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(patience.count()));
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &body);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, ends);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &stop);
  if (const auto code = curl_easy_perform(handle); code != CURLE_OK) {
    // Its own words may quote the URL.
    return NoAnswer{url + ": " + curl_easy_strerror(code)};
  }
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  return read_reply(status, body);
}

}  // namespace depthwire::tokens
