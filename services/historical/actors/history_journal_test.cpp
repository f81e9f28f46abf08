#include "services/historical/actors/history_journal.hpp"

#include "common/journal/writer.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

namespace depthwire::historical {
namespace {

const Series minutes{"EURUSD", bus::m1};

bus::Envelope bar_at(std::int64_t open_ns) {
  bus::Envelope record;
  record.set_symbol("EURUSD");
  record.set_event_time_ns(open_ns);
  record.mutable_bar()->set_period(bus::m1);
  record.mutable_bar()->set_open_time_ns(open_ns);
  return record;
}

class HistoryJournalTest : public ::testing::Test {
 protected:
  void append(const bus::Envelope& record, std::uint16_t flags = journal::no_flags) {
    last_ = writer_->append(writer_->topic("sim.any.EURUSD|"),
                            static_cast<std::uint16_t>(record.payload_case()), flags,
                            record.SerializeAsString(), 0);
    ASSERT_TRUE(writer_->commit());
    writer_->clear_group();
  }
  void append_job(const bus::Job& job) {
    bus::Envelope record;
    *record.mutable_job() = job;
    append(record);
  }
  void append_epoch() {
    bus::Envelope record;
    record.mutable_epoch_start();
    append(record);
  }
  HistoryJournal read(std::uint64_t state_offset = 0) {
    return read_history_journal(dir_.path(), last_, state_offset);
  }

  tests::TempDir dir_;
  std::unique_ptr<journal::Writer> writer_ =
      std::make_unique<journal::Writer>(journal::WriterOptions{.directory = dir_.path()});
  journal::Position last_;
};

TEST_F(HistoryJournalTest, AnEmptyJournalTellsNothing) { EXPECT_TRUE(read().book.jobs().empty()); }

TEST_F(HistoryJournalTest, AnOpenJobGoesOnWhereItsLastPageEnded) {
  JobBook book;
  append_job(*book.job(book.submit(minutes, {0, 600'000}, bus::Job::bulk, false)));
  const Outcome page{*book.next(), {{300'000, 600'000}, {300'000, 600'000}}, 5};
  append_job(book.after(page));

  auto found = read();

  ASSERT_EQ(found.book.jobs().size(), 1U);
  EXPECT_EQ(found.book.next()->range, (Range{0, 300'000}));
}

TEST_F(HistoryJournalTest, ReadingBeginsAtTheNewestState) {
  JobBook book;
  append_job(*book.job(book.submit(minutes, {0, 600'000}, bus::Job::bulk, false)));
  book.done({*book.next(), {{300'000, 600'000}, {300'000, 600'000}}, 5});
  bus::Envelope state;
  *state.mutable_history_state() = book.state();
  append(state);

  auto found = read(last_.offset);

  EXPECT_EQ(found.book.next()->range, (Range{0, 300'000}));
}

TEST_F(HistoryJournalTest, WhatIsFetchedAgainIsRememberedAsSuch) {
  JobBook book;
  const auto first = book.submit(minutes, {0, 600'000}, bus::Job::bulk, false);
  append_job(*book.job(first));
  const Outcome page{*book.next(), {{0, 600'000}, {0, 600'000}}, 5};
  append_job(book.after(page));
  book.done(page);
  auto again = *book.job(book.submit(minutes, {0, 300'000}, bus::Job::bulk, true));
  again.set_again(true);
  append_job(again);

  EXPECT_EQ(read().book.next()->range, (Range{0, 300'000}));
}

TEST_F(HistoryJournalTest, APageWithoutItsEndIsLoose) {
  append(bar_at(1), journal::synthetic);
  append_job({});
  append(bar_at(2), journal::synthetic);
  append_epoch();

  auto loose = read().loose;

  EXPECT_FALSE(loose.take(bar_at(1)));
  EXPECT_TRUE(loose.take(bar_at(2)));
  EXPECT_FALSE(loose.take(bar_at(2)));
  EXPECT_TRUE(loose.empty());
}

}  // namespace
}  // namespace depthwire::historical
