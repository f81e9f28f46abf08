#pragma once

#include "common/tokens/grant.hpp"
#include "common/tokens/store.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace depthwire::tokens {

/// When to refresh: at half of the grant's life, or when somebody asks; after a refresh without an
/// answer again, with delays that double from 1 s to 60 s. That is without danger: a refresh token
/// that is used up is refused and nothing else happens (PROTOCOL.md 4.1). Times in Unix ms.
class RefreshRule {
 public:
  [[nodiscard]] bool due(const std::optional<Grant>& grant, const Standing& standing,
                         std::int64_t now_ms) const {
    if (!grant || grant->refresh_token.empty() || standing.login_required) return false;
    if (now_ms < again_ms_) return false;
    return standing.refresh_wanted || standing.refresh_started_ms.has_value() ||
           now_ms >= refresh_due_ms(*grant);
  }

  void failed(std::int64_t now_ms) {
    again_ms_ = now_ms + delay_ms_;
    delay_ms_ = std::min(2 * delay_ms_, longest_ms);
  }
  void succeeded() { *this = RefreshRule(); }

 private:
  static constexpr std::int64_t longest_ms = 60'000;

  std::int64_t again_ms_ = 0;
  std::int64_t delay_ms_ = 1'000;
};

}  // namespace depthwire::tokens
