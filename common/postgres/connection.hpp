#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

struct pg_conn;
struct pg_result;

namespace depthwire::postgres {

/// Where a database is and who asks.
struct Settings {
  std::string host;  ///< name, address, or the directory of a Unix socket
  std::uint16_t port = 5432;
  std::string database;
  std::string user;
  std::string password;  ///< empty: none is sent
  std::string application = "depthwire";
  std::chrono::seconds connect_timeout{5};
};

/// What the server, or the way to it, refused.
class Error : public std::runtime_error {
 public:
  Error(const std::string& text, std::string sqlstate)
      : std::runtime_error(text), sqlstate_(std::move(sqlstate)) {}

  /// Five characters; empty when the server said nothing (connection refused or lost).
  [[nodiscard]] const std::string& sqlstate() const { return sqlstate_; }
  /// 23505.
  [[nodiscard]] bool duplicate_key() const { return sqlstate_ == "23505"; }
  /// The data itself was refused: class 22 or 23. Sending it again would be refused again.
  [[nodiscard]] bool bad_data() const {
    return sqlstate_.starts_with("22") || sqlstate_.starts_with("23");
  }

 private:
  std::string sqlstate_;
};

/// The rows that a statement gave, as text.
class Result {
 public:
  explicit Result(pg_result* result);

  [[nodiscard]] int rows() const;
  [[nodiscard]] bool is_null(int row, int column) const;
  /// Empty for NULL. Valid as long as the result.
  [[nodiscard]] std::string_view text(int row, int column) const;
  /// A whole number; throws Error when the text is not one.
  [[nodiscard]] std::int64_t number(int row, int column) const;

 private:
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

/// A parameter of a statement; nothing = NULL.
using Parameter = std::optional<std::string>;

/// One session. Every failure throws Error. Used by one thread, but for interrupt().
class Connection {
 public:
  explicit Connection(const Settings& settings);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// One or several statements without parameters; gives the last one's rows.
  Result execute(const std::string& sql);
  /// One statement with $1, $2, ...
  Result execute(const std::string& sql, const std::vector<Parameter>& parameters);

  /// Copies `bytes`, a whole binary COPY stream, into `table` (see CopyBuffer).
  void copy_in(std::string_view table, std::string_view columns, std::string_view bytes);

  /// What the server stores for `role`'s password, so that the password itself stays here.
  [[nodiscard]] std::string scram_hash(const std::string& role, const std::string& password);

  /// True until the session is known to be lost.
  [[nodiscard]] bool usable() const;
  /// Cuts the connection under a call that waits, which then throws. Any thread.
  void interrupt();

 private:
  Result checked(pg_result* result);

  struct Finish {
    void operator()(pg_conn* connection) const;
  };
  std::unique_ptr<pg_conn, Finish> connection_;
};

/// Rolls back when it goes out of scope without commit().
class Transaction {
 public:
  explicit Transaction(Connection& connection);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

/// `name` as an SQL identifier, quoted.
[[nodiscard]] std::string quote_identifier(std::string_view name);
/// `text` as an SQL literal, quoted.
[[nodiscard]] std::string quote_literal(std::string_view text);

}  // namespace depthwire::postgres
