#include "services/streaming/core/symbol_quality.hpp"

#include <cstdio>
#include <cstdlib>

namespace depthwire::streaming {
namespace {

constexpr std::int64_t depth_is_due_after = 10'000'000'000;

double in_seconds(std::int64_t ns) { return static_cast<double>(ns) / 1e9; }
double in_units(double points) { return points / market::points_per_unit; }

std::string stream_text(std::string_view stream, const SilentTime& silent) {
  return std::string(stream) + (silent.outage ? ", the connection was lost" : "");
}

}  // namespace

std::string_view to_string(Check check) {
  switch (check) {
    case Check::stale: return "stale";
    case Check::gap: return "gap";
    case Check::crossed: return "crossed";
    case Check::duplicate: return "duplicate";
    case Check::outlier: return "outlier";
    case Check::book_suspect: return "book_suspect";
    case Check::refused_depth: return "refused_depth";
  }
  return "";
}

void SymbolQuality::interrupt() {
  spots_.interrupt();
  depth_.interrupt();
  outliers_.restart();
  mid_at_depth_.reset();
}

void SymbolQuality::forget() {
  spots_.forget();
  depth_.forget();
  outliers_.restart();
  mid_at_depth_.reset();
}

void SymbolQuality::spot(std::int64_t time_ns, const market::Spot& spot, const BookWatch& watch,
                         Findings& findings) {
  const auto spread = watch.median_spread();
  if (const auto silent = spots_.event(time_ns, hours_)) tell_gap(*silent, "spot", findings);
  if (const auto jump = outliers_.spot(time_ns, spot, spread)) tell_jump(time_ns, *jump, findings);
  judge_depth_by_spots(time_ns, spread, findings);
}

/// Source: signals.md 2, `stale`: no depth for 10 s, while the spots moved by more than a spread.
void SymbolQuality::judge_depth_by_spots(std::int64_t time_ns, std::int64_t median_spread,
                                         Findings& findings) {
  const auto mid = outliers_.mid();
  if (!mid_at_depth_ || !mid || median_spread == 0) return;
  if (std::abs(*mid - *mid_at_depth_) <= 2 * median_spread) return;
  if (const auto silent = depth_.longer_than(depth_is_due_after, time_ns, hours_)) {
    tell_stale(*silent, "depth, while the spots moved", findings);
  }
}

bool SymbolQuality::depth(std::int64_t time_ns, const market::DepthUpdate& update,
                          Findings& findings) {
  if (const auto silent = depth_.event(time_ns, hours_)) tell_gap(*silent, "depth", findings);
  mid_at_depth_ = outliers_.mid();
  const bool found = duplicates_.is_duplicate(time_ns, update);
  if (found) {
    count(Check::duplicate);
    told_duplicates_.add();
  }
  tell_duplicates(time_ns, findings);
  return found;
}

void SymbolQuality::refused(std::int64_t time_ns, std::string_view why, Findings& findings) {
  count(Check::refused_depth);
  told_refused_.add();
  if (const auto count = told_refused_.take(time_ns)) {
    findings.push_back(
        {to_string(Check::refused_depth), std::string(why), static_cast<double>(count), time_ns});
  }
}

void SymbolQuality::book(std::int64_t time_ns, const BookWatch& watch, Findings& findings) {
  if (const auto crossing = crossed_.look(time_ns, watch.crossed_since())) {
    if (!crossing->over) count(Check::crossed);
    findings.push_back({crossing->over ? "uncrossed" : to_string(Check::crossed), "",
                        in_seconds(crossing->until_ns - crossing->from_ns), crossing->from_ns});
  }
  if (watch.suspect() == suspect_) return;
  suspect_ = watch.suspect();
  if (suspect_) {
    count(Check::book_suspect);
    suspect_since_ = time_ns;
    findings.push_back({to_string(Check::book_suspect), "", 1, time_ns});
  } else {
    findings.push_back({"book_trusted", "", in_seconds(time_ns - suspect_since_), suspect_since_});
  }
}

void SymbolQuality::look(std::int64_t time_ns, Findings& findings) {
  if (const auto silent = spots_.stale(time_ns, hours_)) tell_stale(*silent, "spot", findings);
  if (const auto silent = depth_.stale(time_ns, hours_)) tell_stale(*silent, "depth", findings);
  if (const auto silent = spots_.closed(time_ns, hours_)) tell_gap(*silent, "spot", findings);
  if (const auto silent = depth_.closed(time_ns, hours_)) tell_gap(*silent, "depth", findings);
  tell_duplicates(time_ns, findings);
}

void SymbolQuality::tell_stale(const SilentTime& silent, std::string_view stream,
                               Findings& findings) {
  count(Check::stale);
  findings.push_back(
      {to_string(Check::stale), std::string(stream), in_seconds(silent.open_ns), silent.from_ns});
}

void SymbolQuality::tell_gap(const SilentTime& silent, std::string_view stream,
                             Findings& findings) {
  count(Check::gap);
  findings.push_back({to_string(Check::gap), stream_text(stream, silent),
                      in_seconds(silent.open_ns), silent.from_ns});
}

void SymbolQuality::tell_jump(std::int64_t time_ns, const Jump& jump, Findings& findings) {
  count(Check::outlier);
  told_outliers_.add();
  if (told_outliers_.take(time_ns) == 0) return;
  const auto units = [](std::int64_t half_points) {
    return in_units(static_cast<double>(half_points) / 2);
  };
  std::array<char, 160> text{};
  std::snprintf(text.data(), text.size(), "mid from %.6f to %.6f, median spread %.5f",
                units(jump.from), units(jump.to),
                in_units(static_cast<double>(jump.median_spread)));
  findings.push_back({to_string(Check::outlier), text.data(), units(jump.to - jump.from), time_ns});
}

void SymbolQuality::tell_duplicates(std::int64_t time_ns, Findings& findings) {
  const auto count = told_duplicates_.take(time_ns);
  if (count == 0) return;
  findings.push_back({to_string(Check::duplicate), "depth", static_cast<double>(count), time_ns});
}

}  // namespace depthwire::streaming
