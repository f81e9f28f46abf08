#include "common/postgres/checkpoint.hpp"

namespace depthwire::postgres {

Checkpoints load_checkpoints(Connection& connection) {
  Checkpoints checkpoints;
  const Result result = connection.execute("SELECT source, epoch, record_offset FROM checkpoint");
  for (int row = 0; row < result.rows(); ++row) {
    checkpoints[std::string(result.text(row, 0))] = {
        .epoch = static_cast<std::uint64_t>(result.number(row, 1)),
        .offset = static_cast<std::uint64_t>(result.number(row, 2))};
  }
  return checkpoints;
}

void store_checkpoint(Connection& connection, const std::string& environment,
                      const std::string& source, journal::Position position) {
  connection.execute(
      "INSERT INTO checkpoint (source, environment, epoch, record_offset) VALUES ($1, $2, $3, $4) "
      "ON CONFLICT (source) DO UPDATE SET epoch = excluded.epoch, "
      "record_offset = excluded.record_offset, stored_at = excluded.stored_at",
      {source, environment, std::to_string(position.epoch), std::to_string(position.offset)});
}

}  // namespace depthwire::postgres
