#pragma once

#include <stdexcept>
#include <string>

namespace depthwire::service {

/// Exit codes, of sysexits(3) and docs/operations.
namespace exit_code {
inline constexpr int ok = 0;
inline constexpr int usage = 64;
inline constexpr int corrupt = 65;  ///< a recording or a journal
inline constexpr int port_in_use = 69;
inline constexpr int unavailable = 69;  ///< the database; one-shot commands only
inline constexpr int software = 70;     ///< our own mistake
inline constexpr int disk = 74;         ///< the journal's disk
inline constexpr int lock_held = 75;
inline constexpr int credentials = 77;  ///< one-shot commands only
inline constexpr int config = 78;       ///< configuration, wrong CA, wrong environment
}  // namespace exit_code

/// A broken resource that ends the process: caught once, by service::run, which prints `what` and
/// exits with `code`.
class ExitError : public std::runtime_error {
 public:
  ExitError(int code, const std::string& text) : std::runtime_error(text), code_(code) {}
  [[nodiscard]] int code() const { return code_; }

 private:
  int code_;
};

}  // namespace depthwire::service
