#include "common/journal/seal.hpp"

#include "common/journal/crc32c.hpp"

#include <charconv>

namespace depthwire::journal {
namespace {

template <class T>
std::optional<T> parse_number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Takes the text up to `end` off the front; nothing when `end` is not there.
std::optional<std::string_view> take(std::string_view& text, char end) {
  const auto at = text.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const auto taken = text.substr(0, at);
  text.remove_prefix(at + 1);
  return taken;
}

template <class T>
std::optional<T> take_number(std::string_view& text, char end) {
  const auto taken = take(text, end);
  return taken ? parse_number<T>(*taken) : std::nullopt;
}

// "sealed <bytes> <epoch> <offset> <publish time>", then "<offset> <topic>" per topic.
std::optional<Seal> parse(std::string_view body) {
  if (take(body, ' ') != "sealed") return std::nullopt;
  const auto bytes = take_number<std::uint64_t>(body, ' ');
  const auto epoch = take_number<std::uint64_t>(body, ' ');
  const auto offset = take_number<std::uint64_t>(body, ' ');
  const auto time = take_number<std::int64_t>(body, '\n');
  if (!bytes || !epoch || !offset || !time) return std::nullopt;
  Seal seal{*bytes, {*epoch, *offset}, *time, {}};
  while (!body.empty()) {
    const auto newest = take_number<std::uint64_t>(body, ' ');
    const auto topic = take(body, '\n');
    if (!newest || !topic || !is_topic(*topic)) return std::nullopt;
    seal.topics.emplace(*topic, *newest);
  }
  return seal;
}

}  // namespace

std::filesystem::path seal_path(const std::filesystem::path& segment) {
  return segment.string() + ".topics";
}

void store_seal(Storage& storage, const std::filesystem::path& segment, const Seal& seal) {
  std::string text = "sealed " + std::to_string(seal.bytes) + ' ' +
                     std::to_string(seal.last.epoch) + ' ' + std::to_string(seal.last.offset) +
                     ' ' + std::to_string(seal.last_time_ns) + '\n';
  for (const auto& [topic, offset] : seal.topics) {
    text += std::to_string(offset) + ' ' + topic + '\n';
  }
  text += "crc " + std::to_string(crc32c(text)) + '\n';

  const auto path = seal_path(segment);
  const std::filesystem::path fresh = path.string() + ".new";
  {
    const auto file = storage.open(fresh, Access::overwrite);
    file->write_at(text, 0);
    file->sync_data();
  }
  storage.rename(fresh, path);
  storage.sync_directory(path.parent_path());
}

std::optional<Seal> load_seal(Storage& storage, const std::filesystem::path& segment) {
  const auto path = seal_path(segment);
  if (!storage.exists(path)) return std::nullopt;
  const auto text = read_all(*storage.open(path, Access::read));
  const auto crc_line = text.rfind("crc ");
  if (crc_line == std::string::npos || text.back() != '\n') return std::nullopt;
  const auto crc = parse_number<std::uint32_t>(
      std::string_view(text).substr(crc_line + 4, text.size() - crc_line - 5));
  const auto body = std::string_view(text).substr(0, crc_line);
  if (crc != crc32c(body)) return std::nullopt;
  return parse(body);
}

}  // namespace depthwire::journal
