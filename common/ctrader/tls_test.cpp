#include "common/ctrader/tls.hpp"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/pem.h>

namespace depthwire::ctrader {
namespace {

// Made by `openssl req -x509`; its pin by openssl x509, pkey, dgst and base64.
constexpr std::string_view certificate_pem =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBfTCCASOgAwIBAgIUb57W3JENeJ82TDLw/Bwsws0VaukwCgYIKoZIzj0EAwIw\n"
    "EzERMA8GA1UEAwwIcGluIHRlc3QwIBcNMjYxMTIyMDAwMzUyWhgPMjEyNjEwMjkw\n"
    "MDAzNTJaMBMxETAPBgNVBAMMCHBpbiB0ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0D\n"
    "AQcDQgAEcRg21FPck27sv8Ot5ALltX4ZUWunohABV6l2R9a0bTQ+vj5/DXyt95ym\n"
    "vIWOx8658m2gVtNfAsotpFH7cyBwGqNTMFEwHQYDVR0OBBYEFGF4b9TQn41yB6bh\n"
    "kG1ZznFpgrM3MB8GA1UdIwQYMBaAFGF4b9TQn41yB6bhkG1ZznFpgrM3MA8GA1Ud\n"
    "EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgBt+y7pnp5Ubnd/Zb2aktYkuz\n"
    "kIWABFFJNY9PbntA7/ACIQD7H4d0EwuaYTaCoEtfhTrC7iqRy5fOFDosYD0Q2ylP\n"
    "0A==\n"
    "-----END CERTIFICATE-----\n";

TEST(Tls, APinIsWhatOpensslMakesOfThePublicKey) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(certificate_pem.data(), static_cast<int>(certificate_pem.size())), &BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
  ASSERT_TRUE(certificate);

  EXPECT_EQ(pin_of(*certificate), "sha256///W3rHK6UvdCtIEy8g0Hb0fL4JtsBKExn8EAHIbvtWEw=");
}

}  // namespace
}  // namespace depthwire::ctrader
