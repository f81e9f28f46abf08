#include "common/sqlite/database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <sys/stat.h>

namespace depthwire::sqlite {
namespace {

constexpr int patience_ms = 5'000;

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

int bind(sqlite3_stmt* statement, int at, const Value& value) {
  struct Visitor {
    sqlite3_stmt* statement;
    int at;
    int operator()(std::nullptr_t) const { return sqlite3_bind_null(statement, at); }
    int operator()(std::int64_t number) const { return sqlite3_bind_int64(statement, at, number); }
    int operator()(const std::string& text) const {
      return sqlite3_bind_text(statement, at, text.data(), static_cast<int>(text.size()), nullptr);
    }
    int operator()(const Blob& blob) const {
      return sqlite3_bind_blob(statement, at, blob.bytes.data(),
                               static_cast<int>(blob.bytes.size()), nullptr);
    }
  };
  return std::visit(Visitor{statement, at}, value);
}

Value column(sqlite3_stmt* statement, int at) {
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, at));
  switch (sqlite3_column_type(statement, at)) {
    case SQLITE_NULL: return nullptr;
    case SQLITE_INTEGER: return sqlite3_column_int64(statement, at);
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, at));
      return Blob{size == 0 ? std::string() : std::string(bytes, size)};
    }
    default:
      return std::string(reinterpret_cast<const char*>(sqlite3_column_text(statement, at)), size);
  }
}

/// SQLite would make the file as the umask says, and its companions like the file.
void make_private(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) throw Error(file.string() + ": cannot open: " + std::strerror(errno));
  const bool mine = ::fchmod(descriptor, 0600) == 0;
  const int error = errno;
  ::close(descriptor);
  if (!mine) throw Error(file.string() + ": cannot make it private: " + std::strerror(error));
}

}  // namespace

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Database::Database(const std::filesystem::path& file) : file_(file.string()) {
  make_private(file);
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(file_.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) fail("open");
  sqlite3_busy_timeout(handle_.get(), patience_ms);
  run("PRAGMA journal_mode = WAL");
  run("PRAGMA synchronous = FULL");
  run("PRAGMA secure_delete = ON");
  run("PRAGMA foreign_keys = ON");
}

std::vector<Row> Database::run(std::string_view text, const std::vector<Value>& parameters) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(handle_.get(), text.data(), static_cast<int>(text.size()), &raw,
                         nullptr) != SQLITE_OK) {
    fail("prepare");
  }
  const Statement statement(raw);
  int at = 0;
  for (const auto& value : parameters) {
    if (bind(raw, ++at, value) != SQLITE_OK) fail("bind");
  }
  std::vector<Row> rows;
  for (;;) {
    const int code = sqlite3_step(raw);
    if (code == SQLITE_DONE) return rows;
    if (code != SQLITE_ROW) fail("run");
    auto& row = rows.emplace_back();
    for (int i = 0; i < sqlite3_column_count(raw); ++i) row.push_back(column(raw, i));
  }
}

std::int64_t Database::data_version() {
  return std::get<std::int64_t>(run("PRAGMA data_version").at(0).at(0));
}

void Database::fail(const std::string& doing) const {
  const char* why = handle_ ? sqlite3_errmsg(handle_.get()) : "no memory";
  throw Error(file_ + ": cannot " + doing + ": " + why);
}

Transaction::~Transaction() {
  if (done_) return;
  try {
    database_.run("ROLLBACK");
  } catch (...) {  // SQLite has undone it already, or will when the file is opened again
  }
}

}  // namespace depthwire::sqlite
