#pragma once

#include "common/journal/format.hpp"
#include "common/postgres/copy_buffer.hpp"
#include "services/persister/core/statements.hpp"
#include "services/persister/core/tables.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::persister {

/// What the records of one transaction become: rows encoded for COPY, statements for the tables
/// that keep a latest state, and the checkpoints to move. Which payload goes where is the table
/// "What is stored where" of docs/database.md. Pure; its storage is reused.
class Rows {
 public:
  Rows();
  ~Rows();
  Rows(Rows&&) noexcept;
  Rows& operator=(Rows&&) noexcept;

  /// Adds what a record of `source`'s journal becomes: rows, a dead letter when it cannot be read,
  /// or nothing; the checkpoint moves in any case. Records of a source come in their order.
  void add(const std::string& source, const journal::Record& record);

  /// Adds a record as a dead letter, for a reason found elsewhere.
  void add_dead_letter(const std::string& source, const journal::Record& record,
                       std::string_view reason);

  /// Notes that the source no longer holds what lay between `after` and `first`: a row that comes
  /// with the next record of the source, so that row and checkpoint go together.
  /// `replaced`: not retention took it, but an operator accepted another journal.
  void note_loss(const std::string& source, journal::Position after, journal::Position first,
                 bool replaced);

  void clear();

  [[nodiscard]] bool empty() const { return checkpoints_.empty(); }
  [[nodiscard]] std::size_t records() const { return records_; }
  /// Rows and statements.
  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t rows(Table table) const;
  [[nodiscard]] std::size_t bytes() const;
  [[nodiscard]] std::size_t dead_letters() const { return dead_letters_; }

  /// A table's rows as a whole COPY stream.
  [[nodiscard]] std::string_view stream(Table table);
  /// The days since 1970 (UTC) in which a table's rows lie.
  [[nodiscard]] std::span<const std::int32_t> days(Table table) const;
  [[nodiscard]] const std::vector<Statement>& statements() const { return statements_; }
  [[nodiscard]] const std::map<std::string, journal::Position>& checkpoints() const {
    return checkpoints_;
  }

 private:
  struct Messages;
  using Outcome = tl::expected<void, RowError>;
  struct Filled {
    postgres::CopyBuffer buffer;
    std::vector<std::int32_t> days;
  };

  struct Loss {
    journal::Position after, first;
    bool replaced = false;
  };

  void advance(const std::string& source, const journal::Record& record);
  Outcome dispatch(const std::string& source, const journal::Record& record);
  template <class Write>
  Outcome row(Table table, std::int64_t time_ns, Write write);
  Outcome statement(StatementOrError statement);
  Filled& filled(Table table) { return filled_.at(static_cast<std::size_t>(table)); }

  std::array<Filled, table_count> filled_;
  std::vector<Statement> statements_;
  std::map<std::string, journal::Position> checkpoints_;
  std::map<std::string, Loss> noted_losses_;
  std::size_t records_ = 0;
  std::size_t rows_ = 0;
  std::size_t dead_letters_ = 0;
  std::unique_ptr<Messages> messages_;  // reused: parsing into them allocates nothing
};

}  // namespace depthwire::persister
