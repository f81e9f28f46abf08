#include "common/ctrader/tls.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include <array>
#include <fstream>
#include <new>

namespace depthwire::ctrader {
namespace {

// OpenSSL then takes several records from the socket at once; larger buffers make it move memory.
constexpr std::size_t read_ahead_bytes = std::size_t{32} * 1024;

constexpr std::size_t base64_bytes = 44;  // of 32 bytes, with one `=` at the end

bool is_address(const std::string& host) {
  ASN1_OCTET_STRING* address = a2i_IPADDRESS(host.c_str());
  ASN1_OCTET_STRING_free(address);
  return address != nullptr;
}

/// Certificates that are not valid now may be so soon, or the clock is wrong for a while.
bool may_mend(long result) {
  return result == X509_V_ERR_CERT_NOT_YET_VALID || result == X509_V_ERR_CERT_HAS_EXPIRED;
}

}  // namespace

std::string take_error(const std::string& otherwise) {
  const auto code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return otherwise;
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : otherwise;
}

tl::expected<SslContext, ConnectionFailure> make_context(const std::filesystem::path& ca_file) {
  SslContext context(SSL_CTX_new(TLS_client_method()));
  if (!context) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context.get(), 1);
  SSL_CTX_set_default_read_buffer_len(context.get(), read_ahead_bytes);
  ERR_clear_error();
  if (ca_file.empty()) {
    if (SSL_CTX_set_default_verify_paths(context.get()) != 1) {
      return tl::unexpected(
          ConnectionFailure{"cannot read the system's CA store: " + take_error("unknown reason")});
    }
    return context;
  }
  if (!std::ifstream(ca_file)) {
    return tl::unexpected(
        ConnectionFailure{"cannot read the CA file " + ca_file.string() +
                          ": it must exist and be readable (setting ctrader.ca_file)"});
  }
  if (SSL_CTX_load_verify_file(context.get(), ca_file.c_str()) != 1) {
    return tl::unexpected(
        ConnectionFailure{"the CA file " + ca_file.string() +
                              " holds no certificate in PEM: " + take_error("unknown reason"),
                          true});
  }
  return context;
}

Ssl make_session(SSL_CTX* context, const std::string& host, int socket) {
  Ssl ssl(SSL_new(context));
  if (!ssl || SSL_set_fd(ssl.get(), socket) != 1) throw std::bad_alloc();
  auto* parameters = SSL_get0_param(ssl.get());
  if (is_address(host)) {
    X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str());
  } else {
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size());
    // A macro of OpenSSL with a C cast inside; this is what it expands to.
    SSL_ctrl(ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(host.c_str()));
  }
  SSL_set_connect_state(ssl.get());
  return ssl;
}

ConnectionFailure handshake_failure(SSL* ssl, int error, const ConnectionOptions& options) {
  const auto verified = SSL_get_verify_result(ssl);
  if (verified != X509_V_OK) {
    const auto trusted = options.ca_file.empty() ? std::string("the system's CA store")
                                                 : "the CA file " + options.ca_file.string();
    ERR_clear_error();
    return {"the certificate of " + options.host + " is refused by " + trusted + ": " +
                X509_verify_cert_error_string(verified),
            !may_mend(verified)};
  }
  const bool ended = error == SSL_ERROR_SYSCALL || error == SSL_ERROR_ZERO_RETURN;
  return {"TLS handshake failed: " +
          take_error(ended ? "the server ended the connection" : "unknown reason")};
}

std::string pin_of(const X509& certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(&certificate), &der);
  if (size <= 0) throw std::bad_alloc();
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(der, static_cast<std::size_t>(size), digest.data());
  OPENSSL_free(der);
  std::array<unsigned char, base64_bytes + 1> base64{};
  EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(digest.size()));
  return std::string("sha256//") + reinterpret_cast<const char*>(base64.data());
}

std::optional<ConnectionFailure> pin_failure(const SSL* ssl, const ConnectionOptions& options) {
  if (options.pin.empty()) return std::nullopt;
  // Verified, so it is there.
  const auto found = pin_of(*SSL_get0_peer_certificate(ssl));
  if (found == options.pin) return std::nullopt;
  return ConnectionFailure{
      "the public key of " + options.host + " is " + found + ", expected " + options.pin +
          " (setting ctrader.pin): if the server has got a new key, set the pin "
          "to what was found, else do not trust this connection",
      true};
}

}  // namespace depthwire::ctrader
