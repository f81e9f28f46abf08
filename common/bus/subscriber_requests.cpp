// What a SubscriberState asks for, and when.
#include "common/bus/subscriber_state.hpp"

#include <algorithm>
#include <utility>

namespace depthwire::bus {
namespace {

constexpr std::chrono::seconds ask_again{1};
constexpr std::chrono::seconds heads_every{1};
constexpr std::size_t pages_in_flight = 2;

void set(bus::Position& out, const std::string& source, journal::Position position) {
  out.set_source(source);
  out.set_epoch(position.epoch);
  out.set_offset(position.offset);
}

}  // namespace

SubscriberState::Time SubscriberState::wake_at() const {
  auto at = last_frame_ + options_.stale_after;
  if (!asked_.empty()) {
    at = std::min(at, asked_.front().at + ask_again);
  } else if (!live()) {
    at = std::min(at, next_ask_);
  } else if (heads_) {
    at = std::min(at, heads_->due);
  } else if (filtered_) {
    at = std::min(at, std::max(next_heads_, next_ask_));
  }
  return at;
}

void SubscriberState::ask(Time now) {
  // Lost on the way, or the publisher restarted.
  if (!asked_.empty() && (asked_.front().came_too_early || now - asked_.front().at >= ask_again)) {
    asked_.clear();
  }
  if (now < next_ask_) return;
  switch (phase_) {
    case Phase::catch_up:
      if (!want_newest_) return ask_pages(pages_in_flight, now);
      if (asked_.empty()) ask_latest(Question::newest, now);
      return;
    case Phase::live:
      if (!filtered_ || now < next_heads_ || heads_ || !asked_.empty()) return;
      next_heads_ = now + heads_every;
      return ask_latest(Question::heads, now);
    case Phase::halted:
      if (damaged_) return ask_pages(1, now);
      if (asked_.empty()) {
        ask_fetch({.question = Question::decision, .after = cursor_, .at = now}, true);
      }
      return;
  }
}

// A page's end has to be known for the next one to be asked for before it has come: it is guessed
// by records. A page that turns out too short for its range makes what was asked beyond it useless.
void SubscriberState::ask_pages(std::size_t in_flight, Time now) {
  while (asked_.size() < in_flight) {
    if (!asked_.empty() && !asked_.back().to) return;
    Asked asked{.after = asked_.empty() ? cursor_ : *asked_.back().to, .at = now};
    asked.to = page_end(asked.after);
    if (asked_.empty() && prove_last_) {
      asked.proves_last = true;
      --asked.after.offset;
    }
    ask_fetch(asked, false);
  }
}

std::optional<journal::Position> SubscriberState::page_end(journal::Position after) const {
  // Where an earlier epoch ended is not known here.
  if (after.epoch != head_.epoch) return std::nullopt;
  const journal::Position end{after.epoch, after.offset + page_records_};
  // The last page goes as far as the publisher has come by then.
  return end < head_ ? std::optional(end) : std::nullopt;
}

void SubscriberState::ask_fetch(const Asked& asked, bool decision_only) {
  Request request;
  auto& fetch = *request.mutable_fetch();
  set(*fetch.mutable_after(), options_.source, asked.after);
  fetch.set_max_bytes(options_.page_bytes);
  if (asked.to) set(*fetch.mutable_to(), options_.source, *asked.to);
  if (decision_only) {
    fetch.add_topic_prefixes(control_topic_);
  } else {
    for (const auto& prefix : options_.topic_prefixes) fetch.add_topic_prefixes(prefix);
  }
  send(std::move(request), asked);
}

void SubscriberState::ask_latest(Question question, Time now) {
  Request request;
  auto& latest = *request.mutable_latest();
  for (const auto& prefix : options_.topic_prefixes) latest.add_topic_prefixes(prefix);
  latest.set_heads_only(question == Question::heads);
  if (question == Question::newest) set(*latest.mutable_after(), options_.source, newest_after_);
  send(std::move(request), {.question = question, .at = now});
}

void SubscriberState::send(Request&& request, Asked asked) {
  asked.id = ++request_id_;
  request.set_id(asked.id);
  // What waits is older than the answer will be.
  if (!live()) discard();
  actions_.requests.push_back(std::move(request));
  asked_.push_back(asked);
}

}  // namespace depthwire::bus
