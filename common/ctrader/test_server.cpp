#include "common/ctrader/test_server.hpp"

#include "common/ctrader/tls.hpp"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>

namespace depthwire::ctrader::testing {
namespace {

void check(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("test server: ") + what);
}

struct Deleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter>;
using Certificate = std::unique_ptr<X509, Deleter>;
using File = std::unique_ptr<std::FILE, Deleter>;

File create(const std::filesystem::path& path) {
  File file(std::fopen(path.c_str(), "w"));
  check(file != nullptr, "cannot create a file");
  return file;
}

void add_extension(X509* certificate, int kind, const std::string& value) {
  auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
  check(extension != nullptr, "extension");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate make(EVP_PKEY* key, const std::string& name, long serial, X509* issuer,
                 EVP_PKEY* issuer_key) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  auto* subject = X509_get_subject_name(certificate.get());
  const std::basic_string<unsigned char> text(name.begin(), name.end());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, text.c_str(), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), issuer ? X509_get_subject_name(issuer) : subject);
  if (issuer == nullptr) {
    add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  } else {
    add_extension(certificate.get(), NID_subject_alt_name, "DNS:" + name);
  }
  check(X509_sign(certificate.get(), issuer_key, EVP_sha256()) > 0, "signing");
  return certificate;
}

class TlsPeer final : public Peer {
 public:
  explicit TlsPeer(SSL* ssl) : ssl_{ssl} {}

  std::optional<std::string> read_frame() override {
    std::string length(4, '\0');
    if (!read(length)) return std::nullopt;
    std::size_t size = 0;
    for (const char c : length) size = size << 8U | static_cast<unsigned char>(c);
    std::string frame(size, '\0');
    if (!read(frame)) return std::nullopt;
    return frame;
  }
  bool write(const std::string& bytes) override {
    return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) > 0;
  }
  [[nodiscard]] std::string server_name() const override {
    const char* name = SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name);
    return name == nullptr ? "" : name;
  }

 private:
  bool read(std::string& bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
      const int result = SSL_read(ssl_, bytes.data() + at, static_cast<int>(bytes.size() - at));
      if (result <= 0) return false;
      at += static_cast<std::size_t>(result);
    }
    return true;
  }

  SSL* ssl_;
};

}  // namespace

Certificates::Certificates(const std::string& host) {
  auto pattern = (std::filesystem::temp_directory_path() / "depthwire-tls-XXXXXX").string();
  check(mkdtemp(pattern.data()) != nullptr, "temporary directory");
  directory_ = pattern;
  const Key ca_key(EVP_EC_gen("P-256"));
  const Key key(EVP_EC_gen("P-256"));
  const auto ca = make(ca_key.get(), "Depthwire test CA", 1, nullptr, ca_key.get());
  const auto server = make(key.get(), host, 2, ca.get(), ca_key.get());
  check(PEM_write_X509(create(ca_file()).get(), ca.get()) == 1, "ca.pem");
  check(PEM_write_X509(create(certificate()).get(), server.get()) == 1, "server.pem");
  check(PEM_write_PrivateKey(create(this->key()).get(), key.get(), nullptr, nullptr, 0, nullptr,
                             nullptr) == 1,
        "server.key");
  pin_ = pin_of(*server);
}

Certificates::~Certificates() {
  std::error_code ignored;  // nothing depends on the files any more
  std::filesystem::remove_all(directory_, ignored);
}

class TestServer::Impl {
 public:
  Impl(const Certificates& certificates, std::function<void(Peer&)> script)
      : script_{std::move(script)}, context_{SSL_CTX_new(TLS_server_method())} {
    check(SSL_CTX_use_certificate_file(context_.get(), certificates.certificate().c_str(),
                                       SSL_FILETYPE_PEM) == 1,
          "certificate");
    check(SSL_CTX_use_PrivateKey_file(context_.get(), certificates.key().c_str(),
                                      SSL_FILETYPE_PEM) == 1,
          "key");
    std::signal(SIGPIPE, SIG_IGN);  // a client that has gone is an error of write(), not our end
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    check(listener_ >= 0, "socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    check(::bind(listener_, generic, size) == 0, "bind");
    check(::listen(listener_, 16) == 0, "listen");
    check(::getsockname(listener_, generic, &size) == 0, "port");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }

  ~Impl() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    ::shutdown(client_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  std::uint16_t port_ = 0;

 private:
  void serve() {
    while (!stopping_) {
      const int client = ::accept(listener_, nullptr, nullptr);
      if (client < 0) return;
      client_ = client;
      const Ssl ssl(SSL_new(context_.get()));
      SSL_set_fd(ssl.get(), client);
      if (SSL_accept(ssl.get()) == 1) {
        TlsPeer peer(ssl.get());
        script_(peer);
        SSL_shutdown(ssl.get());
      }
      client_ = -1;
      ::close(client);
    }
  }

  std::function<void(Peer&)> script_;
  SslContext context_;
  int listener_ = -1;
  std::atomic<int> client_ = -1;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

TestServer::TestServer(const Certificates& certificates, std::function<void(Peer&)> script)
    : impl_{std::make_unique<Impl>(certificates, std::move(script))} {}

TestServer::~TestServer() = default;

std::uint16_t TestServer::port() const { return impl_->port_; }

}  // namespace depthwire::ctrader::testing
