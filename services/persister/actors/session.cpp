#include "services/persister/actors/session.hpp"

#include "common/service/exit_error.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace depthwire::persister {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds idle_wait{200};
/// How long the batch on its way may take once we are asked to stop.
constexpr milliseconds stop_patience{2'500};
/// A transaction that takes longer than this is told to whoever asks how we are.
constexpr milliseconds slow_after{3'000};
constexpr std::chrono::hours tend_every{1};
/// What may wait while a batch is stored and the next one is full.
constexpr std::size_t inbox_batches = 2;

}  // namespace

Gathered Session::Filling::gathered() const {
  return {.records = rows.records(),
          .rows = rows.rows(),
          .bytes = rows.bytes() + kept_bytes,
          .oldest = oldest};
}

void Session::Filling::clear() {
  rows.clear();
  items.clear();
  kept.clear();
  kept_bytes = 0;
}

Session::Session(zmq::context_t& context, const WriterSettings& settings, Store& store,
                 const postgres::Checkpoints& checkpoints, Status& status)
    : settings_(settings),
      store_(store),
      status_(status),
      inbox_(inbox_batches * settings.limits.rows, inbox_batches * settings.limits.bytes) {
  for (std::size_t i = 0; i < settings.sources.size(); ++i) {
    bus::SubscriberOptions options = settings.sources[i];
    const auto checkpoint = checkpoints.find(options.source);
    if (checkpoint == checkpoints.end()) {
      options.start = bus::FromOldest{};
    } else {
      options.start = bus::After{checkpoint->second};
      spdlog::info("{}: resuming after {}", options.source, to_string(checkpoint->second));
    }
    readers_.push_back(
        std::make_unique<SourceReader>(context, std::move(options), i, inbox_, status_));
  }
}

Session::~Session() {
  inbox_.close();
  for (auto& reader : readers_) reader->stop();
  // The batch on its way must not outlive what it uses.
  if (storing_.valid()) {
    store_.interrupt();
    storing_.wait();
  }
}

void Session::run(const std::function<bool()>& stopping) {
  Filling* filling = &fillings_[0];
  Filling* other = &fillings_[1];
  auto tend_at = Clock::now() + tend_every;
  while (!stopping()) {
    const auto now = Clock::now();
    if (due(settings_.limits, filling->gathered(), now)) {
      finish_store(stopping);
      if (now >= tend_at) {
        store_.tend_partitions(settings_.retention);
        tend_at = now + tend_every;
      }
      begin_store(*filling);
      std::swap(filling, other);
      filling->clear();
      continue;
    }
    if (!delivery_) {
      wait_for_delivery(wait_for(settings_.limits, filling->gathered(), now, idle_wait));
    }
    if (delivery_) fill(*filling);
    // A failure is to be noticed without waiting for the next batch to be due.
    if (storing_.valid() && storing_.wait_for(milliseconds(0)) == std::future_status::ready) {
      storing_.get();
    }
  }
  finish_store(stopping);
  if (filling->rows.empty()) return;
  begin_store(*filling);
  finish_store(stopping);
}

void Session::wait_for_delivery(milliseconds timeout) {
  auto next = inbox_.pop(timeout);
  if (!next) return;
  const std::string& source = settings_.sources[next->source].source;
  for (const bus::Notice& notice : next->batch.notices) {
    if (const auto* lost = std::get_if<bus::Lost>(&notice)) {
      // Two in a row are one: nothing came between them.
      const auto [noted, is_new] = lost_.try_emplace(next->source, *lost);
      if (!is_new) noted->second.first = lost->first;
      status_.losses.add();
      spdlog::error("{}: the records between {} and {} are lost: {}", source,
                    to_string(lost->after), to_string(lost->first), bus::to_string(lost->cause));
    }
  }
  if (next->batch.records.empty()) return;
  delivery_ = std::make_shared<Delivery>(std::move(*next));
  taken_ = 0;
}

void Session::fill(Filling& filling) {
  const std::string& source = settings_.sources[delivery_->source].source;
  const auto& records = delivery_->batch.records;
  if (filling.rows.records() == 0) filling.oldest = Clock::now();
  const std::size_t items_before = filling.items.size();
  while (taken_ < records.size() && filling.rows.rows() < settings_.limits.rows) {
    const journal::Record& record = records[taken_++];
    Item item{&source, &record, std::nullopt};
    if (!lost_.empty()) {
      if (auto lost = lost_.extract(delivery_->source)) item.lost = lost.mapped();
    }
    const std::size_t rows_before = filling.rows.rows();
    item.add_to(filling.rows);
    if (filling.rows.rows() == rows_before) continue;
    // Only what became rows can be refused by the database and be looked at again.
    filling.items.push_back(item);
    filling.kept_bytes += record.frame.size();
  }
  if (filling.items.size() > items_before) filling.kept.push_back(delivery_);
  if (taken_ == records.size()) delivery_.reset();
}

void Session::begin_store(Filling& filling) {
  storing_ = std::async(std::launch::async, [this, &filling] { store(filling); });
}

void Session::finish_store(const std::function<bool()>& stopping) {
  if (!storing_.valid()) return;
  const auto slow_at = Clock::now() + slow_after;
  auto patience_ends = Clock::time_point::max();
  bool slow = false;
  while (storing_.wait_for(idle_wait) != std::future_status::ready) {
    const auto now = Clock::now();
    if (now >= slow_at && !std::exchange(slow, true)) {
      status_.set_problem("database: it has not answered for some seconds");
      spdlog::warn("the database has not answered for some seconds");
    }
    if (!stopping()) continue;
    patience_ends = std::min(patience_ends, now + stop_patience);
    if (now >= patience_ends) store_.interrupt();
  }
  storing_.get();
  if (slow) status_.set_problem("");
}

// Runs beside the thread that gathers the next batch.
void Session::store(Filling& filling) {
  try {
    try {
      store_.store(filling.rows);
    } catch (const postgres::Error& error) {
      if (!error.bad_data() || error.duplicate_key()) throw;
      spdlog::error("the database refuses a record, looking for it: {}", error.what());
      store_isolating(store_, filling.items);
      store_.move_checkpoints(filling.rows.checkpoints());
    }
  } catch (const postgres::Error& error) {
    if (!error.duplicate_key()) throw;
    throw service::ExitError(
        service::exit_code::software,
        "a row is stored already, which the checkpoint in its transaction makes impossible; "
        "nothing further is stored until somebody has looked: " +
            std::string(error.what()));
  }
  for (const auto& reader : readers_) {
    const auto stored = filling.rows.checkpoints().find(reader->source());
    if (stored != filling.rows.checkpoints().end()) reader->acknowledge(stored->second);
  }
}

}  // namespace depthwire::persister
