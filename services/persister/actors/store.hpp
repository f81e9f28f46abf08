#pragma once

#include "common/postgres/checkpoint.hpp"
#include "common/postgres/connection.hpp"
#include "services/persister/actors/status.hpp"
#include "services/persister/core/rows.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace depthwire::persister {

/// How many days after its last row a partition is dropped, by table. A table without an entry is
/// kept.
using Retention = std::map<std::string, int>;

/// The database as the persister sees it: one session. Every failure throws postgres::Error, after
/// which the session is to be given up. Used by one thread, but for interrupt().
class Store {
 public:
  /// Connects. Throws service::ExitError 78 when the schema is newer than ours, postgres::Error
  /// when it is older or not there yet.
  /// What is stored is counted in `status`.
  Store(const postgres::Settings& settings, Status& status);

  /// The lock that makes us the only persister of this database, held until the session ends.
  /// False while another holds it.
  [[nodiscard]] bool try_lock();

  [[nodiscard]] postgres::Checkpoints checkpoints();

  /// Stores rows and checkpoints in one transaction; partitions that they need are made before.
  void store(Rows& rows);

  /// Moves checkpoints alone, past records that became no row.
  void move_checkpoints(const postgres::Checkpoints& checkpoints);

  /// Makes the partitions of the near future and drops what retention allows. To be called now and
  /// then.
  void tend_partitions(const Retention& retention);

  /// Ends a call that waits, which then throws. Any thread.
  void interrupt() { connection_.interrupt(); }

 private:
  void ensure_partitions(Table table, std::span<const std::int32_t> days);

  postgres::Connection connection_;
  Status& status_;
  /// First day -> day after the last, of the partitions known to be there.
  std::array<std::map<std::int32_t, std::int32_t>, table_count> partitions_;
};

}  // namespace depthwire::persister
