// How fast books become rows: a journal that waits is drained by the persister's whole path (FETCH
// over the bus, decode, encode, COPY, checkpoint, commit), in batches as in production and with a
// server that syncs. The reference is one plain binary COPY of the same rows into the same table,
// encoded before the clock starts: the most that the server takes. Both alternate; medians count.
#include "common/bus/publisher.hpp"
#include "common/journal/reader.hpp"
#include "common/postgres/roles.hpp"
#include "proto/bus/envelope.pb.h"
#include "services/persister/actors/writer.hpp"
#include "tests/support/database.hpp"
#include "tests/support/temp_dir.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace depthwire;
using Clock = std::chrono::steady_clock;

constexpr std::size_t books = 150'000;
constexpr int rounds = 3;
constexpr int levels = 10;
const std::string source = "sim.aggregator";

/// Books of four symbols, ten levels a side, as the aggregator publishes them.
class Books {
 public:
  bus::Envelope next() {
    bus::Envelope envelope;
    const auto symbol = count_ % 4;
    const std::int64_t time = 1'354'492'800'000'000'000 + count_++ * 2'500'000;
    envelope.set_provider("ctrader");
    envelope.set_symbol(std::string(symbols_[static_cast<std::size_t>(symbol)]));
    envelope.set_receive_time_ns(time);
    envelope.set_event_time_ns(time);
    envelope.mutable_cause()->set_source("sim.streaming");
    envelope.mutable_cause()->set_epoch(1'354'492'800'000);
    envelope.mutable_cause()->set_offset(static_cast<std::uint64_t>(count_));
    mid_ += static_cast<std::int64_t>(random_() % 3) - 1;
    bus::Book& book = *envelope.mutable_book();
    for (int level = 0; level < levels; ++level) {
      book.add_bid_prices_points(mid_ - level);
      book.add_ask_prices_points(mid_ + 2 + level);
      book.add_bid_sizes_cents(random_() % 100 * 5'000'000);
      book.add_ask_sizes_cents(random_() % 100 * 5'000'000);
    }
    book.set_mid_half_points(2 * mid_ + 2);
    book.set_spread_points(2);
    book.set_imbalance(static_cast<double>(random_() % 1000) / 500 - 1);
    book.set_weighted_mid_points(static_cast<double>(mid_) + 0.25);
    book.set_bid_depth_cents(random_() % 1'000'000'000);
    book.set_ask_depth_cents(random_() % 1'000'000'000);
    return envelope;
  }

 private:
  static constexpr std::array<std::string_view, 4> symbols_ = {"EURUSD", "GBPUSD", "USDJPY",
                                                               "XAUUSD"};
  std::int64_t count_ = 0;
  std::int64_t mid_ = 108'748;
  std::mt19937 random_{1};
};

bus::PublisherOptions publisher_options(const std::filesystem::path& journal) {
  return {.environment = "sim",
          .source = source,
          .journal = journal,
          .publish = "tcp://127.0.0.1:*",
          .requests = "tcp://127.0.0.1:*"};
}

void write_journal(bus::Publisher& publisher) {
  Books maker;
  for (std::size_t i = 0; i < books; ++i) {
    const bus::Envelope envelope = maker.next();
    publisher.append(publisher.topic("book", envelope.symbol()), bus::Envelope::kBook,
                     envelope.SerializeAsString());
    if (i % 500 == 0) publisher.flush();
  }
  publisher.flush();
}

persister::Rows read_rows(const std::filesystem::path& journal) {
  persister::Rows rows;
  journal::Reader reader(journal);
  for (;;) {
    const auto next = reader.next();
    const auto* record = std::get_if<journal::Record>(&next);
    if (record == nullptr) return rows;
    rows.add(source, *record);
  }
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void empty(const tests::Database& database) {
  database.execute("TRUNCATE market_depth; TRUNCATE checkpoint");
  database.execute("CHECKPOINT");
}

double reference_rate(const tests::Database& database, persister::Rows& rows) {
  empty(database);
  postgres::Connection connection(database.as(postgres::persister_role));
  connection.execute("SELECT ensure_partition('market_depth', '2012-12-03', true)");
  const auto& table = persister::info(persister::Table::market_depth);
  const auto stream = rows.stream(persister::Table::market_depth);
  const auto start = Clock::now();
  connection.copy_in(table.name, table.columns, stream);
  return books / seconds_since(start);
}

double persister_rate(const tests::Database& database, zmq::context_t& context,
                      bus::Publisher& publisher) {
  empty(database);
  metrics::Registry registry;
  persister::Status status(registry, nullptr);
  persister::WriterSettings settings;
  settings.database = database.as(postgres::persister_role);
  settings.sources.push_back({.source = source,
                              .publish = publisher.publish_address(),
                              .requests = publisher.requests_address(),
                              .consumer = "bench"});
  persister::Writer writer(context, settings, status);
  const auto start = Clock::now();
  std::jthread thread([&] { writer.run(); });
  while (status.records.value() < publisher.head().offset) {
    publisher.tick();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  const double rate = books / seconds_since(start);
  writer.stop();
  return rate;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  spdlog::set_level(spdlog::level::warn);
  constexpr std::string_view name = "persister.row_rate";
  if (argc > 1 && !name.starts_with(argv[1])) return 0;
  tests::Database::durable = true;
  const tests::Database database;
  const tests::TempDir directory;
  zmq::context_t context;
  bus::Publisher publisher(context, publisher_options(directory.path() / "journal"));
  write_journal(publisher);
  persister::Rows rows = read_rows(directory.path() / "journal");
  std::vector<double> rates;
  std::vector<double> references;
  for (int round = 0; round < rounds; ++round) {
    references.push_back(reference_rate(database, rows));
    rates.push_back(persister_rate(database, context, publisher));
    if (database.number("SELECT count(*) FROM market_depth") != books) {
      std::fprintf(stderr, "persister: not every book became a row\n");
      return 1;
    }
  }
  const double rate = median(rates);
  const double reference = median(references);
  std::printf(
      "{\"name\": \"%s\", \"value\": %.0f, \"unit\": \"rows/s\", \"reference\": %.0f, "
      "\"ratio\": %.3f}\n",
      name.data(), rate, reference, rate / reference);
}
