#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace depthwire::sqlite {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Bytes, kept as they are.
struct Blob {
  std::string bytes;
};
using Value = std::variant<std::nullptr_t, std::int64_t, std::string, Blob>;
using Row = std::vector<Value>;

/// A database file for what has to be durable before it is used: write-ahead log, one sync per
/// commit, overwritten where it is deleted, readable by its owner only. Several processes may have
/// it open; each waits up to 5 s for the others. Everything throws Error.
class Database {
 public:
  explicit Database(const std::filesystem::path& file);

  /// Runs one statement; `?` takes the parameters in order. Gives the rows.
  std::vector<Row> run(std::string_view statement, const std::vector<Value>& parameters = {});
  /// Changes each time another connection has committed.
  [[nodiscard]] std::int64_t data_version();

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };

  [[noreturn]] void fail(const std::string& doing) const;

  std::string file_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// All or nothing: undone unless commit() was called. Takes the write lock at once.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) {
    database_.run("BEGIN IMMEDIATE");
  }
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit() {
    database_.run("COMMIT");
    done_ = true;
  }

 private:
  Database& database_;
  bool done_ = false;
};

}  // namespace depthwire::sqlite
