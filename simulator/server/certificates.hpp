#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace depthwire::simulator {

/// Where the simulator's own certificate authority and server certificate lie.
struct CertificateFiles {
  std::filesystem::path ca;           ///< what a client trusts
  std::filesystem::path ca_key;       ///< mode 0600
  std::filesystem::path certificate;  ///< signed by it
  std::filesystem::path key;          ///< mode 0600
};

/// The certificates in `directory`, made where they are missing. The server certificate is for
/// localhost, 127.0.0.1, ::1 and `names` (host names or addresses); it is made again when the names
/// have changed, when it is about to expire or is not of this CA. The CA stays.
/// Throws std::runtime_error when a file cannot be read or written.
[[nodiscard]] CertificateFiles ensure_certificates(const std::filesystem::path& directory,
                                                   const std::vector<std::string>& names);

}  // namespace depthwire::simulator
