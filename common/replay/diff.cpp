#include "common/replay/diff.hpp"

#include "common/bus/topic.hpp"
#include "common/replay/envelope_diff.hpp"
#include "common/replay/records.hpp"

namespace depthwire::replay {
namespace {

/// The records of one side that count.
class Side {
 public:
  Side(const std::filesystem::path& journal, const DiffOptions& options)
      : records_(journal), options_(options) {}

  const journal::Record* next() {
    do {
      record_ = records_.next();
    } while (record_ != nullptr && !counts(*record_));
    return record_;
  }
  [[nodiscard]] const journal::Record* record() const { return record_; }
  [[nodiscard]] std::optional<journal::Position> position() const {
    if (record_ == nullptr) return std::nullopt;
    return record_->position();
  }

 private:
  bool counts(const journal::Record& record) const {
    if (record.control()) return false;
    if (!options_.only.empty()) {
      const auto topic = bus::parse_topic(record.topic);
      if (!topic || !options_.only.contains(std::string(topic->symbol))) return false;
    }
    if (!options_.from && !options_.to) return true;
    const auto cause = cause_of(record.payload);
    return !(options_.from && cause < *options_.from) && !(options_.to && cause > *options_.to);
  }

  Records records_;
  const DiffOptions& options_;
  const journal::Record* record_ = nullptr;
};

std::string text_of(const Difference& d) {
  const auto place = [](const std::optional<journal::Position>& position) {
    return position ? journal::to_string(*position) : std::string("nothing");
  };
  std::string text = d.topic + ", caused by input " + journal::to_string(d.cause) +
                     " (a: " + place(d.a) + ", b: " + place(d.b) + "): ";
  if (!d.a) return text + "only b has it; a has ended";
  if (!d.b) return text + "only a has it; b has ended";
  if (d.field.empty()) return text + "a has " + d.value_a + " where b has " + d.value_b;
  return text + d.field + " is " + d.value_a + " in a and " + d.value_b + " in b";
}

Difference difference(const Side& a, const Side& b) {
  const auto* shown = a.record() != nullptr ? a.record() : b.record();
  Difference found;
  found.topic = shown->topic.substr(0, shown->topic.size() - 1);
  found.a = a.position();
  found.b = b.position();
  found.cause = cause_of(shown->payload);
  if (found.a && found.b) {
    if (a.record()->topic != b.record()->topic) {
      found.value_a = a.record()->topic;
      found.value_b = b.record()->topic;
    } else {
      auto [field, value_a, value_b] =
          *envelope_difference(a.record()->payload, b.record()->payload);
      found.field = std::move(field);
      found.value_a = std::move(value_a);
      found.value_b = std::move(value_b);
    }
  }
  found.text = text_of(found);
  return found;
}

bool equal(const journal::Record& a, const journal::Record& b) {
  if (a.topic != b.topic) return false;
  return a.payload == b.payload || !envelope_difference(a.payload, b.payload);
}

}  // namespace

Comparison diff(const DiffOptions& options) {
  Side a(options.a, options);
  Side b(options.b, options);
  Comparison comparison;
  while (true) {
    const auto* in_a = a.next();
    const auto* in_b = b.next();
    if (in_a == nullptr && in_b == nullptr) return comparison;
    if (in_a == nullptr || in_b == nullptr || !equal(*in_a, *in_b)) {
      comparison.first = difference(a, b);
      return comparison;
    }
    ++comparison.compared;
  }
}

}  // namespace depthwire::replay
