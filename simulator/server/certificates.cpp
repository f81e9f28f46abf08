#include "simulator/server/certificates.hpp"

#include <fcntl.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <sys/stat.h>
#include <system_error>

namespace depthwire::simulator {
namespace {

namespace fs = std::filesystem;

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Bio = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;

constexpr long day_seconds = 24L * 3600;
constexpr long ca_days = 3650;
constexpr long server_days = 397;
constexpr long renew_days = 30;

void require(bool good, const char* what) {
  if (good) return;
  std::array<char, 256> reason{};
  ERR_error_string_n(ERR_get_error(), reason.data(), reason.size());
  throw std::runtime_error(std::string(what) + ": " + reason.data());
}

Key make_key() {
  Key key(EVP_EC_gen("P-256"));
  require(key != nullptr, "cannot make a key");
  return key;
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  require(extension != nullptr, "cannot make a certificate extension");
  require(X509_add_ext(certificate, extension.get(), -1) == 1, "cannot add an extension");
}

Certificate make_certificate(const char* name, EVP_PKEY* key, X509* issuer, long days) {
  Certificate certificate(X509_new());
  require(certificate != nullptr, "cannot make a certificate");
  X509_set_version(certificate.get(), X509_VERSION_3);
  std::array<unsigned char, 16> serial{};
  require(RAND_bytes(serial.data(), serial.size()) == 1, "cannot draw a serial number");
  serial[0] &= 0x7FU;
  const std::unique_ptr<BIGNUM, Freer<BN_free>> number(
      BN_bin2bn(serial.data(), serial.size(), nullptr));
  require(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get())) != nullptr,
          "cannot set the serial number");
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -day_seconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), days * day_seconds);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("Depthwire"), -1, -1, 0);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509_set_issuer_name(certificate.get(),
                       issuer == nullptr ? subject : X509_get_subject_name(issuer));
  return certificate;
}

Certificate make_ca(EVP_PKEY* key) {
  auto ca = make_certificate("Depthwire simulator CA", key, nullptr, ca_days);
  add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(ca.get(), ca.get(), NID_subject_key_identifier, "hash");
  require(X509_sign(ca.get(), key, EVP_sha256()) > 0, "cannot sign the CA");
  return ca;
}

std::vector<std::string> all_names(const std::vector<std::string>& more) {
  std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
  names.insert(names.end(), more.begin(), more.end());
  return names;
}

bool is_address(const std::string& name) {
  const std::unique_ptr<ASN1_OCTET_STRING, Freer<ASN1_OCTET_STRING_free>> address(
      a2i_IPADDRESS(name.c_str()));
  ERR_clear_error();
  return address != nullptr;
}

Certificate make_server(EVP_PKEY* key, X509* ca, EVP_PKEY* ca_key,
                        const std::vector<std::string>& names) {
  auto certificate = make_certificate("localhost", key, ca, server_days);
  std::string subjects;
  for (const std::string& name : names) {
    if (!subjects.empty()) subjects += ',';
    subjects += (is_address(name) ? "IP:" : "DNS:") + name;
  }
  add_extension(certificate.get(), ca, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(certificate.get(), ca, NID_key_usage, "critical,digitalSignature");
  add_extension(certificate.get(), ca, NID_ext_key_usage, "serverAuth");
  add_extension(certificate.get(), ca, NID_authority_key_identifier, "keyid");
  add_extension(certificate.get(), ca, NID_subject_alt_name, subjects);
  require(X509_sign(certificate.get(), ca_key, EVP_sha256()) > 0, "cannot sign the certificate");
  return certificate;
}

Bio memory() {
  Bio bio(BIO_new(BIO_s_mem()));
  require(bio != nullptr, "cannot allocate");
  return bio;
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string to_pem(EVP_PKEY* key) {
  const Bio bio = memory();
  require(PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "cannot write a key");
  return text_of(bio.get());
}

std::string to_pem(X509* certificate) {
  const Bio bio = memory();
  require(PEM_write_bio_X509(bio.get(), certificate) == 1, "cannot write a certificate");
  return text_of(bio.get());
}

// Whole or not at all: written beside and renamed.
void store(const fs::path& path, const std::string& text, mode_t mode) {
  const fs::path beside = path.string() + ".new";
  const auto fail = [&beside] {
    throw std::system_error(errno, std::generic_category(), "cannot write " + beside.string());
  };
  const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (file < 0) fail();
  const bool written = ::fchmod(file, mode) == 0 &&
                       ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (::close(file) != 0 || !written) fail();
  fs::rename(beside, path);
}

std::string load(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return text.str();
}

Certificate load_certificate(const fs::path& path) {
  const std::string text = load(path);
  const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  require(certificate != nullptr, ("no certificate in " + path.string()).c_str());
  return certificate;
}

Key load_key(const fs::path& path) {
  const std::string text = load(path);
  const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  require(key != nullptr, ("no key in " + path.string()).c_str());
  return key;
}

bool still_good(const CertificateFiles& files, EVP_PKEY* ca_key,
                const std::vector<std::string>& names) {
  if (!fs::exists(files.certificate) || !fs::exists(files.key)) return false;
  const auto certificate = load_certificate(files.certificate);
  const auto key = load_key(files.key);
  std::time_t soon = std::time(nullptr) + (renew_days * day_seconds);
  bool good = X509_verify(certificate.get(), ca_key) == 1 &&
              X509_check_private_key(certificate.get(), key.get()) == 1 &&
              X509_cmp_time(X509_get0_notAfter(certificate.get()), &soon) > 0;
  for (const std::string& name : names) {
    good = good && (is_address(name) ? X509_check_ip_asc(certificate.get(), name.c_str(), 0) == 1
                                     : X509_check_host(certificate.get(), name.c_str(), name.size(),
                                                       0, nullptr) == 1);
  }
  ERR_clear_error();
  return good;
}

}  // namespace

CertificateFiles ensure_certificates(const fs::path& directory,
                                     const std::vector<std::string>& more_names) {
  fs::create_directories(directory);
  CertificateFiles files{directory / "ca.pem", directory / "ca.key", directory / "server.pem",
                         directory / "server.key"};
  if (!fs::exists(files.ca) || !fs::exists(files.ca_key)) {
    const auto key = make_key();
    const auto ca = make_ca(key.get());
    store(files.ca_key, to_pem(key.get()), 0600);
    store(files.ca, to_pem(ca.get()), 0644);
  }
  const auto ca_key = load_key(files.ca_key);
  const auto names = all_names(more_names);
  if (still_good(files, ca_key.get(), names)) return files;

  const auto ca = load_certificate(files.ca);
  const auto key = make_key();
  const auto certificate = make_server(key.get(), ca.get(), ca_key.get(), names);
  store(files.key, to_pem(key.get()), 0600);
  store(files.certificate, to_pem(certificate.get()), 0644);
  return files;
}

}  // namespace depthwire::simulator
