#include "common/log/formatter.hpp"

#include "common/log/setup.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>

namespace depthwire::log {
namespace {

std::string_view level_name(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
    case spdlog::level::debug: return "debug";
    case spdlog::level::warn: return "warning";
    case spdlog::level::err:
    case spdlog::level::critical: return "error";
    default: return "info";
  }
}

/// 2026-11-21T10:58:31.123Z
std::string utc(spdlog::log_clock::time_point time) {
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch());
  const std::time_t seconds = since.count() / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(since.count() % 1000));
  return std::string(text.data(), size) + fraction.data();
}

/// Length of the UTF-8 sequence at `at`, 0 when it is none.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xC2 ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
  if (length == 0 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return 0;
  }
  if (length == 3 && first == 0xE0 && byte(at + 1) < 0xA0) return 0;  // overlong
  if (length == 3 && first == 0xED && byte(at + 1) > 0x9F) return 0;  // surrogate
  if (length == 4 && first == 0xF0 && byte(at + 1) < 0x90) return 0;
  if (length == 4 && first == 0xF4 && byte(at + 1) > 0x8F) return 0;
  return length;
}

/// Escapes control characters, and with `quotes` also what ends a JSON string.
std::string escape(std::string_view text, bool quotes) {
  std::string out;
  out.reserve(text.size() + 8);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    const char c = text[at];
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      std::array<char, 8> code{};
      std::snprintf(code.data(), code.size(), "\\u%04x", static_cast<unsigned>(c));
      out += code.data();
    } else {
      if (quotes && (c == '"' || c == '\\')) out += '\\';
      out += text.substr(at, length);
    }
    at += length == 0 ? 1 : length;
  }
  return out;
}

}  // namespace

std::string json_escape(std::string_view text) { return escape(text, true); }

void Formatter::format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) {
  const std::string_view text(message.payload.data(), message.payload.size());
  const std::string_view process(message.logger_name.data(), message.logger_name.size());
  const std::string_view level = level_name(message.level);
  std::string line;
  if (format_ == Format::json) {
    line = "{\"time\":\"" + utc(message.time) + "\",\"level\":\"" + std::string(level) +
           "\",\"process\":\"" + json_escape(process) + "\",\"message\":\"" + json_escape(text) +
           "\"}\n";
  } else {
    line = utc(message.time) + " ";
    message.color_range_start = line.size();
    line += level;
    message.color_range_end = line.size();
    line.append(8 - level.size(), ' ');
    line += std::string(process) + ": " + escape(text, false) + "\n";
  }
  out.append(line.data(), line.data() + line.size());
}

std::unique_ptr<spdlog::formatter> Formatter::clone() const {
  return std::make_unique<Formatter>(format_);
}

}  // namespace depthwire::log
