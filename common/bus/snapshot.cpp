#include "common/bus/snapshot.hpp"

#include "common/journal/crc32c.hpp"
#include "common/journal/file.hpp"
#include "common/state/state.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <system_error>

namespace depthwire::bus {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view magic = "DPWSNAP1";  // the number is that of this layout
constexpr std::string_view extension = ".snapshot";

// magic, CRC and length of the head, the head (all but the state, and the state's CRC), the state:
// so that a large state is written from where it lies.
struct Lead {
  std::array<char, magic.size()> name;
  std::uint32_t head_crc;
  std::uint32_t head_bytes;
};
static_assert(sizeof(Lead) == 16);

std::optional<journal::Position> cause_of(const fs::path& file) {
  const auto name = file.filename().string();
  if (!name.ends_with(extension)) return std::nullopt;
  const std::string_view stem(name.data(), name.size() - extension.size());
  const auto dash = stem.find('-');
  if (dash == stem.npos) return std::nullopt;
  journal::Position cause;
  const auto number = [](std::string_view text, std::uint64_t& into) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
    return error == std::errc{} && end == text.data() + text.size() && !text.empty();
  };
  if (!number(stem.substr(0, dash), cause.epoch)) return std::nullopt;
  if (!number(stem.substr(dash + 1), cause.offset)) return std::nullopt;
  return cause;
}

std::string encode_head(const Snapshot& snapshot) {
  std::string head;
  state::save(snapshot, head);
  state::save(journal::crc32c(snapshot.state), head);
  Lead lead{};
  std::copy(magic.begin(), magic.end(), lead.name.begin());
  lead.head_crc = journal::crc32c(head);
  lead.head_bytes = static_cast<std::uint32_t>(head.size());
  return std::string(reinterpret_cast<const char*>(&lead), sizeof lead) + head;
}

tl::expected<Snapshot, SnapshotError> decode(std::string_view bytes) {
  Lead lead{};
  if (bytes.size() < sizeof lead || !bytes.starts_with(magic)) {
    return tl::unexpected(SnapshotError::not_a_snapshot);
  }
  std::memcpy(&lead, bytes.data(), sizeof lead);
  bytes.remove_prefix(sizeof lead);
  if (lead.head_bytes < sizeof(std::uint32_t) || lead.head_bytes > bytes.size()) {
    return tl::unexpected(SnapshotError::malformed);
  }
  const auto head = bytes.substr(0, lead.head_bytes);
  const auto state = bytes.substr(lead.head_bytes);
  if (journal::crc32c(head) != lead.head_crc) return tl::unexpected(SnapshotError::bad_crc);
  Snapshot snapshot;
  std::uint32_t state_crc = 0;
  const auto split = head.size() - sizeof state_crc;
  try {
    state::load(head.substr(0, split), snapshot);
    state::load(head.substr(split), state_crc);
  } catch (const std::exception&) {
    return tl::unexpected(SnapshotError::malformed);
  }
  if (journal::crc32c(state) != state_crc) return tl::unexpected(SnapshotError::bad_crc);
  snapshot.state = state;
  return snapshot;
}

}  // namespace

std::string_view to_string(SnapshotError error) {
  switch (error) {
    case SnapshotError::unreadable: return "it cannot be read";
    case SnapshotError::not_a_snapshot: return "it is no snapshot of this build's layout";
    case SnapshotError::bad_crc: return "its checksum is wrong";
    case SnapshotError::malformed: return "its fields are wrong";
  }
  return "unknown";
}

std::vector<fs::path> SnapshotFiles::list() const {
  std::vector<std::pair<journal::Position, fs::path>> found;
  for (const auto& entry : fs::directory_iterator(directory_)) {
    if (const auto cause = cause_of(entry.path())) found.emplace_back(*cause, entry.path());
  }
  std::sort(found.rbegin(), found.rend());
  std::vector<fs::path> files;
  files.reserve(found.size());
  for (auto& [cause, path] : found) files.push_back(std::move(path));
  return files;
}

tl::expected<Snapshot, SnapshotError> SnapshotFiles::read(const fs::path& path) {
  std::string bytes;
  try {
    const journal::File file(path, O_RDONLY);
    bytes.resize(file.size());
    bytes.resize(file.read_at(bytes.data(), bytes.size(), 0));
  } catch (const std::system_error&) {
    return tl::unexpected(SnapshotError::unreadable);
  }
  return decode(bytes);
}

void SnapshotFiles::write(const Snapshot& snapshot) const {
  const auto temporary = directory_ / "snapshot.new";
  const auto name = std::to_string(snapshot.cause.epoch) + "-" +
                    std::to_string(snapshot.cause.offset) + std::string(extension);
  {
    const journal::File file(temporary, O_WRONLY | O_CREAT | O_TRUNC);
    const auto head = encode_head(snapshot);
    file.write_at(head, 0);
    file.write_at(snapshot.state, head.size());
    file.sync_data();
  }
  fs::rename(temporary, directory_ / name);
  journal::sync_directory(directory_);
  const auto files = list();
  for (std::size_t i = kept; i < files.size(); ++i) fs::remove(files[i]);
}

}  // namespace depthwire::bus
