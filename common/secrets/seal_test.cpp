#include "common/secrets/seal.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include <random>
#include <stdexcept>

namespace depthwire::secrets {
namespace {

TEST(Seal, OpensToWhatWasSealed) {
  const auto key = Key::random();

  for (const std::string text : {"", "a", "a token of some length"}) {
    EXPECT_EQ(open(key, seal(key, text, "demo 7 access"), "demo 7 access"), text);
  }
}

TEST(Seal, SealsTheSameTextDifferentlyEachTime) {
  const auto key = Key::random();

  EXPECT_NE(seal(key, "text", ""), seal(key, "text", ""));
}

TEST(Seal, DoesNotShowTheText) {
  const auto key = Key::random();

  EXPECT_EQ(seal(key, "a token of some length", "").find("token"), std::string::npos);
}

TEST(Seal, OpensOnlyWithItsKeyAndInItsPlace) {
  const auto key = Key::random();
  const auto sealed = seal(key, "text", "demo 7 access");

  EXPECT_FALSE(open(Key::random(), sealed, "demo 7 access"));
  EXPECT_FALSE(open(key, sealed, "live 7 access"));
  EXPECT_FALSE(open(key, sealed, ""));
}

TEST(Seal, AnyChangedBitKeepsItShut) {
  const auto key = Key::random();
  const auto sealed = seal(key, "some text", "about");

  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    auto changed = sealed;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(open(key, changed, "about")) << "bit " << bit;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_FALSE(open(key, sealed.substr(0, size), "about")) << size << " bytes";
  }
}

// draft-irtf-cfrg-xchacha, A.3.1: nonce, ciphertext and tag of a published vector.
TEST(Seal, OpensThePublishedVector) {
  const auto bytes = [](const std::string& hex) {
    std::string text(hex.size() / 2, '\0');
    EXPECT_EQ(sodium_hex2bin(reinterpret_cast<unsigned char*>(text.data()), text.size(),
                             hex.c_str(), hex.size(), nullptr, nullptr, nullptr),
              0);
    return text;
  };
  const auto key =
      Key::of(bytes("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"));
  const auto about = bytes("50515253c0c1c2c3c4c5c6c7");
  const auto sealed = bytes(
      "404142434445464748494a4b4c4d4e4f5051525354555657"
      "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
      "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
      "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
      "21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780a"
      "cf49");

  EXPECT_EQ(open(key, sealed, about),
            "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
            "future, sunscreen would be it.");
}

TEST(Key, OfAPassphraseDependsOnBothItAndTheSalt) {
  Salt salt{};
  const auto sealed = seal(Key::of_passphrase("correct horse", salt), "text", "");

  EXPECT_EQ(open(Key::of_passphrase("correct horse", salt), sealed, ""), "text");
  EXPECT_FALSE(open(Key::of_passphrase("correct house", salt), sealed, ""));
  salt[0] = 1;
  EXPECT_FALSE(open(Key::of_passphrase("correct horse", salt), sealed, ""));
}

TEST(Key, HasItsLength) {
  EXPECT_NO_THROW(Key::of(std::string(32, 'k')));
  EXPECT_THROW(Key::of(std::string(31, 'k')), std::invalid_argument);
  EXPECT_THROW(Key::of(std::string(33, 'k')), std::invalid_argument);
}

}  // namespace
}  // namespace depthwire::secrets
