#pragma once

#include "common/ctrader/catalogue.hpp"
#include "services/streaming/core/leases.hpp"
#include "services/streaming/core/symbol_ref.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace depthwire::streaming {

/// What to change so that what is subscribed is what is wanted.
struct SubscriptionChanges {
  std::vector<SymbolRef> subscribe;
  std::vector<SymbolRef> unsubscribe;
  std::vector<std::string> unknown;  ///< wanted, but the broker has no such symbol; told once
};

/// Which symbols are wanted, by configuration or lease, and which are subscribed. Everything in
/// alphabetical order, so that the same wishes give the same requests.
class SubscriptionPlan {
 public:
  using Time = Leases::Time;

  /// `configured`: names, or the one word `all` for every symbol that may be traded.
  explicit SubscriptionPlan(std::vector<std::string> configured)
      : configured_{std::move(configured)} {}

  void lease(const std::string& symbol, const std::string& holder, Time end, Time now) {
    leases_.grant(symbol, holder, end, now);
  }
  /// The connection is up and the broker has these symbols; nothing is subscribed yet.
  void connected(ctrader::Catalogue catalogue);
  /// All subscriptions are gone with the connection.
  void disconnected();

  /// What is due at `now`. What it gives counts as done. Nothing while disconnected.
  [[nodiscard]] SubscriptionChanges changes(Time now);

  /// The symbols that count as subscribed.
  [[nodiscard]] std::vector<SymbolRef> subscribed() const;
  [[nodiscard]] bool subscribes(const std::string& name) const {
    return subscribed_.contains(name);
  }
  [[nodiscard]] const ctrader::Catalogue* catalogue() const {
    return catalogue_ ? &*catalogue_ : nullptr;
  }

 private:
  [[nodiscard]] std::set<std::string> wanted() const;

  std::vector<std::string> configured_;
  Leases leases_;
  std::optional<ctrader::Catalogue> catalogue_;
  std::map<std::string, std::int64_t> subscribed_;  // ids by name
  std::set<std::string> told_unknown_;
};

}  // namespace depthwire::streaming
