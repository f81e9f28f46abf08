#include "cli/commands.hpp"
#include "cli/record_text.hpp"
#include "cli/topic_kind.hpp"
#include "common/bus/topic.hpp"
#include "common/journal/reader.hpp"
#include "common/journal/segment.hpp"
#include "common/service/exit_error.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <thread>

namespace depthwire::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

bool is_journal(const fs::path& directory) {
  const fs::directory_iterator entries(directory);
  return std::any_of(begin(entries), end(entries), [](const auto& entry) {
    return journal::parse_segment(entry.path()).has_value();
  });
}

/// The journal itself, or the journals in a folder of them, by name.
std::vector<fs::path> journals(const fs::path& directory) {
  if (!fs::is_directory(directory)) {
    throw service::ExitError(service::exit_code::usage, directory.string() + " is not a directory");
  }
  if (is_journal(directory)) return {directory};
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.is_directory() && is_journal(entry.path())) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  if (found.empty()) {
    throw service::ExitError(service::exit_code::usage, "no journal in " + directory.string());
  }
  return found;
}

/// `<environment>.<service>`: journals are called after their source.
std::string source_of(const fs::path& journal) {
  return fs::weakly_canonical(journal).filename().string();
}

struct Summary {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  journal::Position first;
  journal::Position last;
  std::map<std::string, std::uint64_t> topics;
  std::string damage;  ///< "" when all is well
};

std::string describe(const journal::Corrupt& corrupt) {
  return corrupt.file + " at byte " + std::to_string(corrupt.at) + ": " +
         std::string(journal::to_string(corrupt.error));
}

/// The next record of a journal that may be growing: where something lies that is no record, looks
/// again once a write would be over.
journal::ReadResult settled_next(journal::Reader& reader) {
  auto next = reader.next();
  if (!std::holds_alternative<journal::AtEnd>(next) || !reader.doubtful()) return next;
  std::this_thread::sleep_for(std::chrono::milliseconds(250));
  return reader.next();
}

std::string describe(const journal::AgedOut& gap, journal::Position last) {
  return "the records between " + to_string(last) + " and " + to_string(gap.first) + " are missing";
}

Summary summarise(const fs::path& directory) {
  Summary summary;
  journal::Reader reader(directory);
  for (;;) {
    const auto next = settled_next(reader);
    if (const auto* record = std::get_if<journal::Record>(&next)) {
      if (summary.records++ == 0) summary.first = record->position();
      summary.last = record->position();
      summary.bytes += record->frame.size();
      ++summary.topics[std::string(record->topic.substr(0, record->topic.size() - 1))];
    } else if (const auto* corrupt = std::get_if<journal::Corrupt>(&next)) {
      summary.damage = describe(*corrupt);
      return summary;
    } else if (const auto* gap = std::get_if<journal::AgedOut>(&next)) {
      summary.damage = describe(*gap, summary.last);
      return summary;
    } else {
      return summary;
    }
  }
}

json to_json(const fs::path& directory, const Summary& summary) {
  return {{"source", source_of(directory)},  {"records", summary.records},
          {"bytes", summary.bytes},          {"first", to_string(summary.first)},
          {"last", to_string(summary.last)}, {"damage", summary.damage}};
}

}  // namespace

int journal_verify(const JournalOptions& options) {
  bool damaged = false;
  for (const auto& directory : journals(options.directory)) {
    const Summary summary = summarise(directory);
    damaged = damaged || !summary.damage.empty();
    if (options.json) {
      std::printf("%s\n", to_json(directory, summary).dump().c_str());
    } else if (summary.damage.empty()) {
      std::printf("%s: %zu records, all good, up to %s\n", source_of(directory).c_str(),
                  static_cast<std::size_t>(summary.records), to_string(summary.last).c_str());
    } else {
      std::printf("%s: damaged after %zu good records: %s\n", source_of(directory).c_str(),
                  static_cast<std::size_t>(summary.records), summary.damage.c_str());
    }
  }
  return damaged ? service::exit_code::corrupt : service::exit_code::ok;
}

int journal_stat(const JournalOptions& options) {
  for (const auto& directory : journals(options.directory)) {
    const Summary summary = summarise(directory);
    if (options.json) {
      json out = to_json(directory, summary);
      out["topics"] = summary.topics;
      std::printf("%s\n", out.dump().c_str());
      continue;
    }
    std::printf("%s: %zu records, %zu bytes, %s to %s%s\n", source_of(directory).c_str(),
                static_cast<std::size_t>(summary.records), static_cast<std::size_t>(summary.bytes),
                to_string(summary.first).c_str(), to_string(summary.last).c_str(),
                summary.damage.empty() ? "" : (", damaged: " + summary.damage).c_str());
    for (const auto& [topic, count] : summary.topics) {
      std::printf("  %10zu  %s\n", static_cast<std::size_t>(count), topic.c_str());
    }
  }
  return service::exit_code::ok;
}

int journal_dump(const JournalOptions& options) {
  const std::string kind = topic_kind(options.kind);
  const auto asked_for = [&](std::string_view topic) {
    if (!topic.starts_with(options.topic)) return false;
    const auto parts = bus::parse_topic(topic);
    return kind.empty() || (parts && parts->kind == kind);
  };
  std::uint64_t printed = 0;
  for (const auto& directory : journals(options.directory)) {
    const std::string source = source_of(directory);
    journal::Reader reader(directory);
    for (;;) {
      const auto next = settled_next(reader);
      if (const auto* corrupt = std::get_if<journal::Corrupt>(&next)) {
        throw service::ExitError(service::exit_code::corrupt, describe(*corrupt));
      }
      if (const auto* gap = std::get_if<journal::AgedOut>(&next)) {
        throw service::ExitError(service::exit_code::corrupt, describe(*gap, reader.last()));
      }
      const auto* record = std::get_if<journal::Record>(&next);
      if (record == nullptr) break;
      if (record->position().offset <= options.after || !asked_for(record->topic)) continue;
      const std::string text =
          options.json ? record_json(source, *record) : record_line(source, *record);
      if (std::puts(text.c_str()) < 0) return service::exit_code::disk;
      if (options.count > 0 && ++printed >= options.count) return service::exit_code::ok;
    }
  }
  return service::exit_code::ok;
}

}  // namespace depthwire::cli
