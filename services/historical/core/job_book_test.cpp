#include "services/historical/core/job_book.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace depthwire::historical {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t minute = 60'000;
constexpr std::int64_t day = 1'440 * minute;
constexpr std::int64_t week = 7 * day;
const Series minutes{"EURUSD", bus::m1};
const Series bids{"EURUSD"};

/// Takes requests until the book has no more of them.
std::vector<PlannedRequest> take_all(JobBook& book) {
  std::vector<PlannedRequest> requests;
  while (auto request = book.next()) requests.push_back(*request);
  return requests;
}

Outcome whole(const PlannedRequest& request, std::uint64_t records = 1) {
  return {request, {request.range, request.range}, records};
}

std::vector<Range> ranges(const std::vector<PlannedRequest>& requests) {
  std::vector<Range> all;
  all.reserve(requests.size());
  for (const auto& request : requests) all.push_back(request.range);
  return all;
}

TEST(JobBook, CutsAJobIntoWindowsTheNewestFirst) {
  JobBook book;
  book.submit(bids, {0, 3 * week}, bus::Job::bulk, false);

  EXPECT_THAT(ranges(take_all(book)),
              ElementsAre(Range{2 * week, 3 * week}, Range{week, 2 * week}, Range{0, week}));
}

TEST(JobBook, AsksForSoMuchAtOnceAndNoMore) {
  JobBook book;
  book.submit(bids, {0, 10 * week}, bus::Job::bulk, false);

  auto requests = take_all(book);
  ASSERT_EQ(requests.size(), JobBook::requests_at_once);
  book.done(whole(requests.back()));

  EXPECT_THAT(ranges(take_all(book)), ElementsAre(Range{5 * week, 6 * week}));
}

TEST(JobBook, FollowsACutAnswerBackInTime) {
  JobBook book;
  const auto id = book.submit(minutes, {0, day}, bus::Job::bulk, false);

  const auto first = book.next();
  book.done({*first, {{day / 2, day}, {day / 2, day}}, 700});

  EXPECT_EQ(book.job(id)->left_ns(), day / 2 * 1'000'000);
  const auto second = book.next();
  EXPECT_EQ(second->range, (Range{0, day / 2}));
  book.done(whole(*second, 20));
  EXPECT_EQ(book.job(id)->state(), bus::Job::done);
  EXPECT_EQ(book.job(id)->records(), 720U);
  EXPECT_EQ(book.job(id)->requests(), 2U);
  EXPECT_FALSE(book.next());
}

TEST(JobBook, TheMoreUrgentJobGoesFirst) {
  JobBook book;
  const auto bulk = book.submit(bids, {0, week}, bus::Job::bulk, false);
  const auto interactive = book.submit(minutes, {0, day}, bus::Job::interactive, false);
  const auto healing = book.submit({"GBPUSD"}, {0, week}, bus::Job::healing, false);

  std::vector<std::string> order;
  for (const auto& request : take_all(book)) order.push_back(request.job);
  EXPECT_THAT(order, ElementsAre(healing, interactive, bulk));
}

TEST(JobBook, WhatWasFetchedIsNotFetchedAgainUnlessAskedTo) {
  JobBook book;
  book.submit(bids, {0, week}, bus::Job::bulk, false);
  book.done(whole(*book.next()));

  const auto second = book.submit(bids, {0, week}, bus::Job::bulk, false);
  EXPECT_EQ(book.job(second)->state(), bus::Job::done);
  book.submit(bids, {0, week + day}, bus::Job::bulk, false);
  EXPECT_EQ(book.next()->range, (Range{week, week + day}));

  book.submit(bids, {day, 2 * day}, bus::Job::bulk, true);
  EXPECT_EQ(book.next()->range, (Range{day, 2 * day}));
}

TEST(JobBook, WhatIsNotOverIsAskedForByTheNextJob) {
  JobBook book;
  const auto first = book.submit(bids, {0, week}, bus::Job::bulk, false);
  book.done({*book.next(), {{0, week}, {0, 6 * day}}, 9});
  EXPECT_EQ(book.job(first)->state(), bus::Job::done);

  book.submit(bids, {0, week}, bus::Job::bulk, false);
  EXPECT_EQ(book.next()->range, (Range{6 * day, week}));
}

TEST(JobBook, TwoJobsDoNotFetchTheSameTwice) {
  JobBook book;
  const auto one = book.submit(bids, {0, week}, bus::Job::bulk, false);
  const auto other = book.submit(bids, {day, week}, bus::Job::interactive, false);
  EXPECT_EQ(book.submit(bids, {0, week}, bus::Job::bulk, false), one);

  const auto request = book.next();
  EXPECT_EQ(request->job, other);
  EXPECT_FALSE(book.next());
  book.done(whole(*request));
  EXPECT_EQ(book.next()->range, (Range{0, day}));
}

TEST(JobBook, WhatNobodyAnswersIsAskedForAgain) {
  JobBook book;
  book.submit(bids, {0, week}, bus::Job::bulk, false);
  const auto request = *book.next();
  EXPECT_FALSE(book.next());

  book.put_back(request);

  EXPECT_EQ(book.next()->range, request.range);
}

TEST(JobBook, ARefusalEndsTheJob) {
  JobBook book;
  const auto id = book.submit(bids, {0, 2 * week}, bus::Job::bulk, false);
  book.failed(*book.next(), "INCORRECT_BOUNDARIES");

  EXPECT_EQ(book.job(id)->state(), bus::Job::failed);
  EXPECT_EQ(book.job(id)->detail(), "INCORRECT_BOUNDARIES");
  EXPECT_FALSE(book.next());
}

TEST(JobBook, ACancelledJobKeepsWhatItHas) {
  JobBook book;
  const auto id = book.submit(bids, {0, 2 * week}, bus::Job::bulk, false);
  const auto request = *book.next();
  EXPECT_TRUE(book.cancel(id));
  EXPECT_FALSE(book.cancel(id));
  book.done(whole(request));

  EXPECT_EQ(book.job(id)->state(), bus::Job::cancelled);
  EXPECT_FALSE(book.next());
  book.submit(bids, {0, 2 * week}, bus::Job::bulk, false);
  EXPECT_EQ(book.next()->range, (Range{0, week}));
}

TEST(JobBook, OldJobsAreForgottenAndIdsAreNotGivenTwice) {
  JobBook book;
  std::set<std::string> ids;
  for (int i = 0; i < 1'000; ++i) {
    ids.insert(book.submit(bids, {0, 1}, bus::Job::bulk, false));
    if (const auto request = book.next()) book.done(whole(*request));
  }
  EXPECT_EQ(ids.size(), 1'000U);
  EXPECT_LE(book.jobs().size(), 257U);
  EXPECT_EQ(book.open_jobs(), 0U);

  JobBook restarted;
  restarted.restore(book.state());
  EXPECT_FALSE(ids.contains(restarted.submit(bids, {0, 2}, bus::Job::bulk, false)));
}

/// A broker that has a bar in some minutes and answers with the newest `chunk` of a window.
class Market {
 public:
  explicit Market(std::mt19937& random) : chunk_(1 + (random() % 40)) {
    for (std::int64_t m = 0; m < 600; ++m) {
      if (m % 100 < 70 && random() % 4 != 0) opens_.insert(m * minute);  // with weekends
    }
  }
  std::pair<std::vector<bus::Bar>, bool> answer(const Range& asked) {
    std::vector<bus::Bar> bars;
    for (auto at = opens_.lower_bound(asked.from_ms); at != opens_.lower_bound(asked.until_ms);
         ++at) {
      bus::Bar bar;
      bar.set_open_time_ns(*at * 1'000'000);
      bars.push_back(bar);
    }
    const bool has_more = bars.size() > chunk_;
    if (has_more) bars.erase(bars.begin(), bars.end() - static_cast<std::ptrdiff_t>(chunk_));
    return {bars, has_more};
  }
  [[nodiscard]] std::set<std::int64_t> within(const Range& range) const {
    return {opens_.lower_bound(range.from_ms), opens_.lower_bound(range.until_ms)};
  }
  [[nodiscard]] std::size_t chunk() const { return chunk_; }

 private:
  std::size_t chunk_;
  std::set<std::int64_t> opens_;
};

TEST(JobBook, EachBarIsPublishedOnceWhateverIsKilledWhen) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    Market market(random);
    std::map<std::int64_t, int> published;
    JobBook book;
    bus::HistoryState state;
    std::vector<bus::Job> since;  // the journal
    std::vector<Range> wanted;
    const auto submit = [&] {
      const auto from = static_cast<std::int64_t>(random() % 500) * minute;
      const Range range{from, from + static_cast<std::int64_t>(1 + random() % 100) * minute};
      wanted.push_back(range);
      since.push_back(*book.job(book.submit(minutes, range, bus::Job::bulk, false)));
    };
    for (int i = 0; i < 3; ++i) submit();
    std::vector<PlannedRequest> asked;
    int requests = 0;
    const auto ask = [&] {
      for (auto& request : take_all(book)) asked.push_back(request);
      return !asked.empty();
    };
    while (ask()) {
      ASSERT_LT(++requests, 2'000);
      const auto what = random() % 10;
      if (what == 0) {
        JobBook restarted;
        restarted.restore(state);
        for (const auto& record : since) restarted.replay(record);
        book = restarted;
        asked.clear();
        continue;
      }
      const auto index = random() % asked.size();
      const auto request = asked[index];
      asked.erase(asked.begin() + static_cast<std::ptrdiff_t>(index));
      if (what == 1) {
        book.put_back(request);
        continue;
      }
      const auto [bars, has_more] = market.answer(request.range);
      const auto page = bars_page(bars, bus::m1, request.range, has_more, 10'000 * minute);
      for (const auto& bar : page.bars) ++published[bar.open_time_ns() / 1'000'000];
      const Outcome outcome{request, page.reach, page.bars.size()};
      since.push_back(book.after(outcome));
      book.done(outcome);
      if (what == 2) {
        state = book.state();
        since.clear();
      }
    }
    for (const auto& job : book.jobs()) EXPECT_EQ(job.state(), bus::Job::done);
    std::map<std::int64_t, int> expected;
    for (const auto& range : wanted) {
      for (const auto open : market.within(range)) expected[open] = 1;
    }
    EXPECT_EQ(published, expected);
  }
}

}  // namespace
}  // namespace depthwire::historical
