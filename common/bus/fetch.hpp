#pragma once

#include "common/journal/reader.hpp"
#include "common/journal/writer.hpp"
#include "proto/bus/request.pb.h"

#include <cstdint>
#include <filesystem>
#include <list>
#include <string>
#include <vector>

namespace depthwire::bus {

/// Answers FETCH and LATEST from the files of a journal. One answer reads at most some MiB, however
/// little of it is wanted: its `next` tells how far it came. Each call gives the bytes that were
/// read for it, and throws std::system_error when the files cannot be opened.
class Fetcher {
 public:
  Fetcher(std::filesystem::path journal, std::string source);

  /// The records after `fetch.after` up to `head`, at most one page.
  std::uint64_t answer(const Fetch& fetch, journal::Position head, Reply& reply);
  /// The newest keyframe or record of each topic in `newest` that lies beyond `latest.after`, by
  /// offset, at most one page.
  std::uint64_t answer(const Latest& latest, std::vector<journal::Newest> newest,
                       journal::Position head, Reply& reply);

 private:
  journal::Reader take_reader(journal::Position after);

  std::filesystem::path journal_;
  std::string control_topic_;
  std::string source_;
  // Readers that stand where an earlier page ended: who asks on need not be searched for again.
  std::list<journal::Reader> readers_;
};

}  // namespace depthwire::bus
