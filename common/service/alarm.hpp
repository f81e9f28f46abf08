#pragma once

#include "common/service/runtime.hpp"

#include <spdlog/spdlog.h>

#include <string>

namespace depthwire::service {

/// Not ready because of `code` while there is a text; logged as an error when it changes.
class Alarm {
 public:
  Alarm(Runtime& runtime, std::string code) : runtime_(runtime), code_(std::move(code)) {}
  void set(const std::string& text) {
    if (text == text_) return;
    text_ = text;
    if (text.empty()) return runtime_.health().clear(code_);
    spdlog::error("{}", text);
    runtime_.health().set(code_, text);
  }

 private:
  Runtime& runtime_;
  std::string code_;
  std::string text_;
};

}  // namespace depthwire::service
