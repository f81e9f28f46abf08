#include "common/postgres/connection.hpp"

#include <libpq-fe.h>

#include <array>
#include <charconv>
#include <sys/socket.h>
#include <vector>

namespace depthwire::postgres {

namespace {

// On one line, as a log wants it.
std::string folded(const char* text) {
  std::string out;
  for (const char c : std::string_view(text == nullptr ? "" : text)) {
    const bool space = c == '\n' || c == '\t' || c == ' ';
    if (!space) out += c;
    if (space && !out.empty() && out.back() != ' ') out += ' ';
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

[[noreturn]] void fail(PGconn* connection) { throw Error(folded(PQerrorMessage(connection)), ""); }

// Notices of the server ("relation exists, skipping") are no news.
void ignore_notice(void* /*argument*/, const PGresult* /*result*/) {}

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  out += quote;
  return out;
}

}  // namespace

Result::Result(PGresult* result) : result_(result) {}
void Result::Clear::operator()(PGresult* result) const { PQclear(result); }

int Result::rows() const { return PQntuples(result_.get()); }
bool Result::is_null(int row, int column) const {
  return PQgetisnull(result_.get(), row, column) != 0;
}

std::string_view Result::text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t Result::number(int row, int column) const {
  const std::string_view digits = text(row, column);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    throw Error("not a whole number: '" + std::string(digits) + "'", "");
  }
  return value;
}

void Connection::Finish::operator()(PGconn* connection) const { PQfinish(connection); }

Connection::Connection(const Settings& settings) {
  const std::string port = std::to_string(settings.port);
  const std::string timeout = std::to_string(settings.connect_timeout.count());
  // A host that vanished is noticed within about 15 s, not after the two hours of TCP.
  const std::array<const char*, 14> keys = {"host",
                                            "port",
                                            "dbname",
                                            "user",
                                            "password",
                                            "application_name",
                                            "connect_timeout",
                                            "client_encoding",
                                            "options",
                                            "keepalives_idle",
                                            "keepalives_interval",
                                            "keepalives_count",
                                            "tcp_user_timeout",
                                            nullptr};
  const std::array<const char*, 14> values = {
      settings.host.c_str(),
      port.c_str(),
      settings.database.c_str(),
      settings.user.c_str(),
      settings.password.empty() ? nullptr : settings.password.c_str(),
      settings.application.c_str(),
      timeout.c_str(),
      "UTF8",
      "-c TimeZone=UTC -c synchronous_commit=on",
      "5",
      "3",
      "3",
      "15000",
      nullptr};
  connection_.reset(PQconnectdbParams(keys.data(), values.data(), 0));
  if (connection_ == nullptr) throw std::bad_alloc();
  if (PQstatus(connection_.get()) != CONNECTION_OK) fail(connection_.get());
  PQsetNoticeReceiver(connection_.get(), ignore_notice, nullptr);
}

Connection::~Connection() = default;

Result Connection::checked(PGresult* result) {
  if (result == nullptr) fail(connection_.get());
  Result owned(result);
  switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
    case PGRES_COPY_IN: return owned;
    default: break;
  }
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  // A session the server ends (57P01: shutdown) counts as lost, whatever it says first.
  throw Error(folded(PQresultErrorMessage(result)),
              state == nullptr || !usable() ? "" : std::string(state));
}

Result Connection::execute(const std::string& sql) {
  return checked(PQexec(connection_.get(), sql.c_str()));
}

Result Connection::execute(const std::string& sql, const std::vector<Parameter>& parameters) {
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const Parameter& parameter : parameters) {
    values.push_back(parameter ? parameter->c_str() : nullptr);
  }
  return checked(PQexecParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()),
                              nullptr, values.data(), nullptr, nullptr, 0));
}

void Connection::copy_in(std::string_view table, std::string_view columns, std::string_view bytes) {
  std::string sql = "COPY ";
  sql.append(table).append(" (").append(columns).append(") FROM STDIN (FORMAT binary)");
  checked(PQexec(connection_.get(), sql.c_str()));
  // libpq copies what it is given, so a big batch goes in pieces.
  constexpr std::size_t piece = 256 << 10;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    const std::string_view part = bytes.substr(at, piece);
    if (PQputCopyData(connection_.get(), part.data(), static_cast<int>(part.size())) != 1) {
      // The server may have said why before it stopped listening.
      while (PGresult* result = PQgetResult(connection_.get())) checked(result);
      fail(connection_.get());
    }
  }
  if (PQputCopyEnd(connection_.get(), nullptr) != 1) fail(connection_.get());
  // Every result has to be taken, or the next statement would find it.
  std::optional<Error> error;
  while (PGresult* result = PQgetResult(connection_.get())) {
    try {
      checked(result);
    } catch (const Error& refused) {
      if (!error) error = refused;
    }
    if (PQstatus(connection_.get()) != CONNECTION_OK) break;
  }
  if (error) throw Error(*error);
  if (!usable()) fail(connection_.get());
}

std::string Connection::scram_hash(const std::string& role, const std::string& password) {
  char* hash =
      PQencryptPasswordConn(connection_.get(), password.c_str(), role.c_str(), "scram-sha-256");
  if (hash == nullptr) fail(connection_.get());
  std::string out = hash;
  PQfreemem(hash);
  return out;
}

bool Connection::usable() const { return PQstatus(connection_.get()) == CONNECTION_OK; }

void Connection::interrupt() {
  const int descriptor = PQsocket(connection_.get());
  if (descriptor >= 0) shutdown(descriptor, SHUT_RDWR);
}

Transaction::Transaction(Connection& connection) : connection_(connection) {
  connection_.execute("BEGIN");
}

Transaction::~Transaction() {
  if (!open_ || !connection_.usable()) return;
  try {
    connection_.execute("ROLLBACK");
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): a lost session has rolled back
  }
}

void Transaction::commit() {
  open_ = false;
  connection_.execute("COMMIT");
}

std::string quote_identifier(std::string_view name) { return quoted(name, '"'); }

std::string quote_literal(std::string_view text) { return quoted(text, '\''); }

}  // namespace depthwire::postgres
