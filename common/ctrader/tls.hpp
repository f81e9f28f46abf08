#pragma once

#include "common/ctrader/connection.hpp"

#include <openssl/ssl.h>
#include <tl/expected.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace depthwire::ctrader {

struct SslDeleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using SslContext = std::unique_ptr<SSL_CTX, SslDeleter>;
using Ssl = std::unique_ptr<SSL, SslDeleter>;

/// A client's context: TLS 1.2 or newer, peers verified against `ca_file` or the system's store.
[[nodiscard]] tl::expected<SslContext, ConnectionFailure> make_context(
    const std::filesystem::path& ca_file);

/// A client's session on `socket` that asks for `host` and accepts no other name.
[[nodiscard]] Ssl make_session(SSL_CTX* context, const std::string& host, int socket);

/// Why the handshake of `ssl` failed. To be called right after the failing call.
[[nodiscard]] ConnectionFailure handshake_failure(SSL* ssl, int error,
                                                  const ConnectionOptions& options);

/// A public key as pins name it: `sha256//` and the Base64 of the SHA-256 of its
/// SubjectPublicKeyInfo, as `curl --pinnedpubkey` has it.
[[nodiscard]] std::string pin_of(const X509& certificate);
/// Why the server of `ssl`, whose handshake is done, is not the one with the key of `options.pin`;
/// nothing where it is, or where there is no pin.
[[nodiscard]] std::optional<ConnectionFailure> pin_failure(const SSL* ssl,
                                                           const ConnectionOptions& options);

/// The oldest error of OpenSSL's queue, in words, or `otherwise`. Empties the queue.
[[nodiscard]] std::string take_error(const std::string& otherwise);

}  // namespace depthwire::ctrader
