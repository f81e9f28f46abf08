#pragma once

#include "services/persister/actors/inbox.hpp"
#include "services/persister/actors/isolate.hpp"
#include "services/persister/actors/source_reader.hpp"
#include "services/persister/actors/store.hpp"
#include "services/persister/actors/writer.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace depthwire::persister {

/// One life with a database session that holds the lock: follows every source from its checkpoint
/// and stores. Readers fetch, the calling thread encodes, and one batch is on its way to the
/// database meanwhile.
class Session {
 public:
  Session(zmq::context_t& context, const WriterSettings& settings, Store& store,
          const postgres::Checkpoints& checkpoints, Status& status);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Until `stopping` says so; what has been gathered by then is stored. Throws postgres::Error
  /// when the database fails, service::ExitError 70 when a row is there already.
  void run(const std::function<bool()>& stopping);

 private:
  using Clock = std::chrono::steady_clock;

  /// A batch being gathered: the rows, and the records that they came from.
  struct Filling {
    Rows rows;
    std::vector<Item> items;
    std::vector<std::shared_ptr<const Delivery>> kept;  // what the items point into
    std::size_t kept_bytes = 0;
    Clock::time_point oldest;

    [[nodiscard]] Gathered gathered() const;
    void clear();
  };

  void wait_for_delivery(std::chrono::milliseconds timeout);
  void fill(Filling& filling);
  void begin_store(Filling& filling);
  void finish_store(const std::function<bool()>& stopping);
  void store(Filling& filling);

  const WriterSettings& settings_;
  Store& store_;
  Status& status_;
  Inbox inbox_;
  std::vector<std::unique_ptr<SourceReader>> readers_;
  std::array<Filling, 2> fillings_;
  std::shared_ptr<Delivery> delivery_;     // being taken from
  std::size_t taken_ = 0;                  // of its records
  std::map<std::size_t, bus::Lost> lost_;  // by source, until its next record comes
  std::future<void> storing_;
};

}  // namespace depthwire::persister
