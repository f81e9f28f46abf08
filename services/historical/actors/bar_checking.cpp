#include "services/historical/actors/bar_checking.hpp"

#include "common/ctrader/bars.hpp"
#include "common/ctrader/requests.hpp"
#include "services/historical/actors/now.hpp"
#include "services/historical/actors/refusal.hpp"
#include "services/historical/core/bar_decoder.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace depthwire::historical {

BarChecking::BarChecking(std::chrono::milliseconds every, ctrader::Client& client,
                         ctrader::EdgeLog& log, const ctrader::Catalogue& catalogue,
                         const HistoryJournal& history)
    : every_{every},
      client_{client},
      log_{log},
      catalogue_{catalogue},
      history_{history},
      checker_{every} {}

void BarChecking::begin() {
  checker_ = BarChecker{every_};
  asking_ = false;
  ++generation_;
  owes_round_ = every_.count() > 0 && !history_.loose.empty();
}

void BarChecking::take(const journal::Record& record) {
  if (checker_.take(record)) return;
  ++counts_.unchecked;
  if (std::exchange(warned_of_room_, true)) return;
  spdlog::warn(
      "historical: {} live bars wait to be checked, which is all there is room for: more "
      "are not checked",
      BarChecker::most_waiting);
}

void BarChecking::ask(bool live) {
  if (asking_ || client_.state() != ctrader::SessionState::ready || catalogue_.empty()) return;
  if (history_.book.is_waited_for()) return;
  const auto now = now_ms(log_);
  if (live && std::exchange(owes_round_, false)) checker_.begin_round(now);
  const auto check = checker_.next(now);
  if (!check) return;
  const auto symbol = catalogue_.id(check->series.symbol);
  if (!symbol) return failed(*check, "the broker has no such symbol any more");
  asking_ = true;
  client_.send(
      ctrader::bars(client_.account_id(), *symbol, *ctrader::number_of(check->series.period),
                    check->range.from_ms, check->range.until_ms - 1),
      [this, check = *check, generation = generation_](const ctrader::Answer& came) {
        if (generation == generation_) answered(check, came);
      });
}

void BarChecking::answered(const BarCheck& check, const ctrader::Answer& came) {
  asking_ = false;
  if (!came) {
    const auto& error = came.error();
    if (is_final(error)) return failed(check, "the broker refuses them: " + to_string(error));
    if (error.code == "CONNECTION_LOST") return;  // asked again once it is there again
    spdlog::warn("historical: the live bars of {} are not checked yet: {}; asking again later",
                 to_string(check.series), to_string(error));
    checker_.put_off(check);
    owes_round_ = !history_.loose.empty();
    return;
  }
  ctrader::ProtoOAGetTrendbarsRes message;
  if (!ctrader::parse_payload(*came, message)) {
    return failed(check, "the broker's answer cannot be read");
  }
  auto bars = decode_bars(message, check.series.period);
  if (!bars) return failed(check, "the broker sent " + std::string(to_string(bars.error())));
  count(check, checker_.judge(check, bars_page(std::move(*bars), check.series.period, check.range,
                                               message.hasmore(), now_ms(log_))));
}

void BarChecking::failed(const BarCheck& check, const std::string& why) {
  spdlog::warn("historical: the live bars of {} cannot be checked: {}", to_string(check.series),
               why);
  count(check, checker_.fail(check));
}

void BarChecking::count(const BarCheck& check, const Verdict& verdict) {
  counts_.checked += verdict.checked;
  counts_.unchecked += verdict.unchecked;
  if (verdict.differing > 0) {
    spdlog::info("historical: {} of {} live bars of {} differ from history", verdict.differing,
                 verdict.checked, to_string(check.series));
  }
  if (verdict.unchecked > 0) {
    spdlog::warn("historical: {} live bars of {} stay unchecked: history has not got them",
                 verdict.unchecked, to_string(check.series));
  }
}

std::vector<Correction> BarChecking::take_corrections() {
  if (checker_.in_round()) return {};
  return checker_.take_corrections();
}

bool BarChecking::settled() const {
  return !owes_round_ && !checker_.in_round() && !checker_.has_corrections();
}

}  // namespace depthwire::historical
