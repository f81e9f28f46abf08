#pragma once

#include "common/log/settings.hpp"

#include <spdlog/formatter.h>

#include <memory>
#include <string_view>

namespace depthwire::log {

/// One line per message, whatever the message holds: nobody's text can forge a second line.
class Formatter : public spdlog::formatter {
 public:
  explicit Formatter(Format format) : format_(format) {}
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override;
  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override;

 private:
  Format format_;
};

}  // namespace depthwire::log
