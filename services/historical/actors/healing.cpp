#include "services/historical/actors/healing.hpp"

#include "common/codec/bar.hpp"
#include "common/ctrader/requests.hpp"
#include "common/state/state.hpp"
#include "services/historical/actors/now.hpp"
#include "services/historical/actors/refusal.hpp"
#include "services/historical/core/page.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <tuple>
#include <utility>

namespace depthwire::historical {
namespace {

/// To be raised when what State is made of changes: an older state is then passed over.
constexpr std::uint32_t state_version = 2;

/// What a HealingState record carries.
struct State {
  Healer& healer;
  BarChecker& checker;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(healer, checker);
  }
};

constexpr std::chrono::milliseconds longest_turn{50};
/// The stream waits, unread, while more than that is held back.
constexpr std::size_t most_held = 200'000;
/// What a restart may have to read again.
constexpr std::chrono::minutes keep_every{10};
constexpr std::chrono::seconds pause{5};

std::int64_t length_ms(const Gap& gap) {
  return std::max(gap.ranges[bus::bid].length_ms(), gap.ranges[bus::ask].length_ms());
}

}  // namespace

Healing::Healing(zmq::context_t& context, HealingOptions options, ctrader::Client& client,
                 ctrader::EdgeLog& log, const ctrader::Catalogue& catalogue,
                 HistoryJournal& history, const std::filesystem::path& journal)
    : context_{context},
      options_{std::move(options)},
      client_{client},
      log_{log},
      catalogue_{catalogue},
      history_{history},
      checking_{options_.check_bars_every, client, log, catalogue, history},
      keep_at_{ctrader::Clock::now() + keep_every} {
  if (!options_.streaming) return;
  const auto& publisher = log_.publisher();
  if (const auto offset = newest_offset(publisher, "healing"); offset != 0) {
    const auto kept = read_healing_state(journal, publisher.recovered().last, offset);
    kept_position_ = {kept.epoch(), kept.offset()};
    if (kept.version() == state_version) kept_ = kept.state();
  }
  begin();
}

/// Goes on from what our journal tells.
void Healing::begin() {
  ++generation_;
  fetch_.reset();
  healer_ = {};
  checking_.begin();
  State state{healer_, checking_.state()};
  try {
    if (!kept_.empty()) state::load(kept_, state);
  } catch (const std::exception& error) {
    spdlog::warn(
        "historical: what is known of outages and live bars cannot be read ({}): those before now "
        "are left as they are",
        error.what());
    healer_ = {};
    checking_.begin();
  }
  position_ = kept_position_;
  auto options = *options_.streaming;
  if (position_ != journal::Position{}) options.start = bus::After{position_};
  subscriber_.emplace(context_, std::move(options));
}

bool Healing::settled() const {
  return !options_.streaming || (subscriber_->live() && healer_.gaps() == 0 && checking_.settled());
}

void Healing::tick() {
  if (!subscriber_ || log_.publisher().full()) return;
  follow();
  append_bars();
  append_corrections();
  if (ctrader::Clock::now() >= keep_at_ && position_ != kept_position_) published_ = true;
  commit();
  ask();
  if (!fetch_) checking_.ask(subscriber_->live());
}

void Healing::follow() {
  const auto end = ctrader::Clock::now() + longest_turn;
  while (healer_.held() < most_held && ctrader::Clock::now() < end) {
    const auto batch = subscriber_->receive(std::chrono::milliseconds(0));
    if (batch.empty()) return;
    for (const auto& notice : batch.notices) take(notice);
    for (const auto& record : batch.records) {
      healer_.take(record);
      checking_.take(record);
      position_ = record.header.position;
    }
  }
}

void Healing::take(const bus::Notice& notice) {
  if (const auto* lost = std::get_if<bus::Lost>(&notice)) {
    spdlog::warn("historical: {} after {}: outages before it are left as they are",
                 bus::to_string(lost->cause), journal::to_string(lost->after));
    healer_.forget();
    ++generation_;
    fetch_.reset();
  } else if (const auto* halted = std::get_if<bus::Halted>(&notice)) {
    spdlog::error("historical: outages cannot be healed: {}", halted->reason);
  }
}

void Healing::ask() {
  if (fetch_ || client_.state() != ctrader::SessionState::ready || catalogue_.empty()) return;
  if (pause_until_ && ctrader::Clock::now() < *pause_until_) return;
  auto gap = healer_.due(now_ms(log_));
  if (!gap) return;
  fetch_ = Fetch{.gap = std::move(*gap)};
  if (std::chrono::milliseconds(length_ms(fetch_->gap)) > options_.longest) {
    return give_up(
        "it is longer than historical.heal_longest; `depthwire backfill` fetches what "
        "is wanted of it");
  }
  fetch_->until_ms = fetch_->gap.ranges[0].until_ms;
  request();
}

/// Asks for the newest part of what is left.
void Healing::request() {
  auto& fetch = *fetch_;
  while (fetch.until_ms <= fetch.gap.ranges.at(fetch.side).from_ms) {
    if (++fetch.side == sides) return finish();
    fetch.until_ms = fetch.gap.ranges.at(fetch.side).until_ms;
  }
  const Series series{.symbol = fetch.gap.symbol, .side = static_cast<bus::Side>(fetch.side)};
  const auto symbol = catalogue_.id(series.symbol);
  if (!symbol) return give_up("the broker has no such symbol any more");
  const Range asked{
      std::max(fetch.gap.ranges.at(fetch.side).from_ms, fetch.until_ms - widest_ms(series)),
      fetch.until_ms};
  const auto side = fetch.side == bus::bid ? market::Side::bid : market::Side::ask;
  client_.send(
      ctrader::ticks(client_.account_id(), *symbol, side, asked.from_ms, asked.until_ms - 1),
      [this, asked, generation = generation_](const ctrader::Answer& came) {
        if (generation == generation_) answered(asked, came);
      });
}

void Healing::answered(const Range& asked, const ctrader::Answer& came) {
  if (!came) return refused(came.error());
  ctrader::ProtoOAGetTickDataRes message;
  if (!ctrader::parse_payload(*came, message)) return give_up("the broker's answer cannot be read");
  auto ticks = decode_ticks(message);
  if (!ticks) return give_up("the broker sent " + std::string(to_string(ticks.error())));
  auto page = ticks_page(std::move(*ticks), asked, message.hasmore(), now_ms(log_));
  auto& fetch = *fetch_;
  auto& known = fetch.history.at(fetch.side);
  known.insert(known.begin(), page.ticks.begin(), page.ticks.end());
  fetch.until_ms = page.reach.settled.from_ms;
  request();
}

void Healing::refused(const ctrader::BrokerError& error) {
  if (is_final(error)) return give_up("the broker refuses its ticks: " + to_string(error));
  fetch_.reset();
  if (error.code == "CONNECTION_LOST") return;  // begun anew once it is there again
  spdlog::warn("historical: an outage is not healed yet: {}; asking again", to_string(error));
  pause_until_ = ctrader::Clock::now() + pause;
}

void Healing::give_up(const std::string& why) {
  const auto gap = std::exchange(fetch_, std::nullopt)->gap;
  spdlog::warn("historical: the outage of {} from {} to {} (Unix ms) is not healed: {}", gap.symbol,
               gap.ranges[bus::bid].from_ms, gap.ranges[bus::bid].until_ms, why);
  healer_.give_up(gap);
  ++untold_.given_up;
  append_bars();
  published_ = true;
  commit();
}

void Healing::finish() {
  const auto fetch = std::move(*std::exchange(fetch_, std::nullopt));
  // Fetched anew: there is more to it by now, or no room to keep it.
  if (!healer_.stands(fetch.gap) || log_.publisher().full()) return;
  log_.clock().advance(ctrader::Clock::now());
  const auto missed = healer_.mend(fetch.gap, fetch.history);
  for (std::size_t side = 0; side < sides; ++side) {
    const Series series{.symbol = fetch.gap.symbol, .side = static_cast<bus::Side>(side)};
    for (const auto& tick : missed.at(side)) {
      if (covered(series, tick.time_ms)) continue;
      bus::Envelope record;
      record.mutable_tick()->set_side(series.side);
      record.mutable_tick()->set_price_points(tick.price.points);
      append(series.symbol, record, tick.time_ms * ns_per_ms);
      ++untold_.ticks;
    }
  }
  append_bars();
  ++untold_.gaps;
  published_ = true;
  commit();
}

/// Whether a job has published all there is of this time.
bool Healing::covered(const Series& series, std::int64_t time_ms) const {
  return history_.book.covered(series).missing({time_ms, time_ms + 1}).empty();
}

void Healing::append_bars() {
  for (const auto& [symbol, mended] : healer_.take_bars()) {
    bus::Envelope record;
    *record.mutable_bar() = codec::to_bus(mended);
    append(symbol, record, mended.open_time_ns);
    ++untold_.bars;
    published_ = true;
  }
}

void Healing::append_corrections() {
  for (const auto& [symbol, bar] : checking_.take_corrections()) {
    const Series series{.symbol = symbol, .period = static_cast<bus::Period>(bar.period)};
    if (covered(series, bar.open_time_ns / ns_per_ms)) continue;
    bus::Envelope record;
    *record.mutable_bar() = codec::to_bus(bar);
    record.mutable_bar()->set_origin(bus::Bar::history);
    append(symbol, record, bar.open_time_ns);
    ++untold_corrections_;
    published_ = true;
  }
}

void Healing::append(const std::string& symbol, bus::Envelope& record, std::int64_t time_ns) {
  record.set_symbol(symbol);
  record.set_event_time_ns(time_ns);
  if (history_.loose.take(record)) return;
  log_.append(record.has_bar() ? "bar" : "tick", symbol, record, time_ns, journal::synthetic);
}

void Healing::append_state() {
  if (!subscriber_) return;
  kept_.clear();
  state::save(State{healer_, checking_.state()}, kept_);
  kept_position_ = position_;
  keep_at_ = ctrader::Clock::now() + keep_every;
  bus::Envelope record;
  record.mutable_healing_state()->set_epoch(position_.epoch);
  record.mutable_healing_state()->set_offset(position_.offset);
  record.mutable_healing_state()->set_version(state_version);
  record.mutable_healing_state()->set_state(kept_);
  log_.append("healing", "", record);
}

void Healing::commit() {
  if (!std::exchange(published_, false)) return;
  const auto before = std::pair(kept_, kept_position_);
  append_state();
  log_.publisher().flush();
  if (log_.publisher().full()) {
    // Nothing of it was kept: all again from where our journal stands.
    std::tie(kept_, kept_position_) = before;
    untold_ = {};
    untold_corrections_ = 0;
    return begin();
  }
  counts_.ticks += untold_.ticks;
  counts_.bars += untold_.bars;
  counts_.gaps += untold_.gaps;
  counts_.given_up += untold_.given_up;
  untold_ = {};
  checking_.published(std::exchange(untold_corrections_, 0));
}

}  // namespace depthwire::historical
