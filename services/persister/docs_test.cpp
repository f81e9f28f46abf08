// The page people copy queries from: each of them runs, as the reader, and finds something.
#include "services/persister/actors/store_fixture.hpp"
#include "services/persister/sql/schema.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace depthwire::persister {
namespace {

std::vector<std::string> queries_of_page(const std::string& fence = "```sql") {
  std::ifstream page(DATABASE_PAGE);
  std::vector<std::string> queries;
  std::string line;
  bool inside = false;
  while (std::getline(page, line)) {
    if (line == fence) {
      inside = true;
      queries.emplace_back();
    } else if (line == "```") {
      inside = false;
    } else if (inside) {
      queries.back() += line + "\n";
    }
  }
  return queries;
}

class DatabasePage : public StoreTest {
 protected:
  void add_market() {
    auto symbol = envelope();
    symbol.mutable_symbol_info()->set_pip_position(4);
    symbol.mutable_symbol_info()->set_lot_size_cents(10'000'000);
    add(streaming, symbol);
    for (int i = 0; i < 5; ++i) {
      auto spot = envelope();
      spot.set_event_time_ns(event_ns + std::int64_t{i} * 1'000'000);
      spot.mutable_spot()->set_bid_points(108'748 + i);
      if (i % 2 == 0) spot.mutable_spot()->set_ask_points(108'753 + i);
      add(streaming, spot);
      auto book = envelope();
      book.mutable_cause()->set_source(streaming);
      book.mutable_cause()->set_epoch(7);
      book.mutable_cause()->set_offset(static_cast<std::uint64_t>(i));
      book.mutable_book()->add_bid_prices_points(108'748 + i);
      book.mutable_book()->add_bid_sizes_cents(100);
      book.mutable_book()->set_mid_half_points(217'501 + 2 * i);
      book.mutable_book()->set_spread_points(5);
      add(aggregator, book);
    }
    auto later = envelope();
    later.set_receive_time_ns(receive_ns + 11'000'000'000);
    later.mutable_book()->set_mid_half_points(217'511);
    later.mutable_book()->add_bid_prices_points(108'753);
    later.mutable_book()->add_bid_sizes_cents(100);
    add(aggregator, later);
    auto bar = envelope();
    bar.mutable_bar()->set_period(bus::m1);
    bar.mutable_bar()->set_open_time_ns(event_ns / 60'000'000'000 * 60'000'000'000);
    bar.mutable_bar()->set_closed(true);
    bar.mutable_bar()->mutable_bid()->set_open(108'600);
    add(aggregator, bar);
  }
  void add_analysis() {
    auto signal = envelope();
    signal.mutable_signal()->set_signal("ABSORPTION");
    signal.mutable_signal()->set_direction(1);
    signal.mutable_signal()->set_state("open");
    signal.mutable_signal()->mutable_inputs()->set_source(streaming);
    signal.mutable_signal()->mutable_inputs()->set_epoch(7);
    signal.mutable_signal()->mutable_inputs()->set_to_offset(3);
    add("sim.analyzer", signal);
    auto sentiment = envelope();
    sentiment.mutable_sentiment()->set_long_pct(64);
    add("sim.analyzer", sentiment);
  }
  void add_events() {
    auto down = envelope();
    down.mutable_source_down()->set_reason("connection reset");
    auto news = envelope();
    news.mutable_news()->set_title("Rates");
    auto calendar = envelope();
    calendar.mutable_calendar_event()->set_event("CPI");
    auto connection = envelope();
    connection.mutable_connection()->set_state(bus::Connection::ready);
    auto gap = envelope();
    gap.mutable_data_quality()->set_check("gap");
    for (const auto& one : {down, news, calendar, connection, gap}) add(streaming, one);
  }
};

TEST_F(DatabasePage, EveryQueryRunsAsTheReaderAndFindsSomething) {
  add_market();
  add_analysis();
  add_events();
  store();
  const auto queries = queries_of_page();
  ASSERT_GT(queries.size(), 15U);
  postgres::Connection reader(as(postgres::reader_role));

  for (const std::string& query : queries) {
    try {
      EXPECT_GT(reader.execute(query).rows(), 0) << query;
    } catch (const postgres::Error& error) {
      ADD_FAILURE() << error.what() << "\n" << query;
    }
  }
}

TEST(DatabasePageSetUp, AServerOfOnesOwnIsSetUpByTheStatementsOfThePage) {
  const tests::PostgresServer server;
  const auto blocks = queries_of_page("```sql superuser");
  ASSERT_EQ(blocks.size(), 1U);
  postgres::Connection admin(server.superuser());
  std::istringstream statements(blocks[0]);
  for (std::string statement; std::getline(statements, statement);) admin.execute(statement);

  postgres::Connection owner(server.as("depthwire_owner", "depthwire_demo"));
  postgres::migrate(owner, schema());
  metrics::Registry registry;
  Status status(registry, nullptr);
  Store store(server.as("depthwire_persister", "depthwire_demo"), status);
  postgres::Connection reader(server.as("depthwire_reader", "depthwire_demo"));

  EXPECT_TRUE(store.try_lock());
  EXPECT_EQ(reader.execute("SELECT count(*) FROM market_depth").number(0, 0), 0);
}

TEST_F(DatabasePage, BestPricesRebuiltFromTicksAreTheSpots) {
  add_market();
  store();
  postgres::Connection reader(as(postgres::reader_role));
  std::string rebuild;
  for (const std::string& query : queries_of_page()) {
    if (query.find("bid_run") != std::string::npos) rebuild = query;
  }

  const auto rows = reader.execute(rebuild);

  // Spots at 0, 2 and 4 ms move both sides, those between only the bid.
  ASSERT_EQ(rows.rows(), 5);
  EXPECT_EQ(rows.text(1, 2), "1.08749");
  EXPECT_EQ(rows.text(1, 3), "1.08753");
  EXPECT_EQ(rows.text(2, 2), "1.08750");
  EXPECT_EQ(rows.text(2, 3), "1.08755");
  EXPECT_EQ(rows.text(4, 2), "1.08752");
  EXPECT_EQ(rows.text(4, 3), "1.08757");
}

TEST_F(DatabasePage, EveryTableAndColumnIsOnThePage) {
  std::ifstream file(DATABASE_PAGE);
  std::stringstream page;
  page << file.rdbuf();
  postgres::Connection reader(as(postgres::reader_role));

  const auto columns = reader.execute(
      "SELECT DISTINCT table_name, column_name FROM information_schema.columns "
      "WHERE table_schema = 'public' AND table_name NOT IN "
      "('schema_migration', 'partitioned_table', 'table_partition') "
      "AND table_name NOT LIKE '%\\_20%'");

  for (int row = 0; row < columns.rows(); ++row) {
    for (const int column : {0, 1}) {
      const std::string name(columns.text(row, column));
      const bool ranges = name == "from_offset" || name == "to_epoch" || name.starts_with("ask_");
      if (ranges) continue;  // named by the ends of their range
      EXPECT_NE(page.str().find(name), std::string::npos) << name << " of " << columns.text(row, 0);
    }
  }
}

}  // namespace
}  // namespace depthwire::persister
