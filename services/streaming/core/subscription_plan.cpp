#include "services/streaming/core/subscription_plan.hpp"

namespace depthwire::streaming {

void SubscriptionPlan::connected(ctrader::Catalogue catalogue) {
  catalogue_ = std::move(catalogue);
  subscribed_.clear();
  told_unknown_.clear();
}

void SubscriptionPlan::disconnected() {
  catalogue_.reset();
  subscribed_.clear();
}

std::set<std::string> SubscriptionPlan::wanted() const {
  std::set<std::string> names;
  for (const auto& name : configured_) {
    if (name != "all") {
      names.insert(name);
      continue;
    }
    for (auto& each : catalogue_->enabled_names()) names.insert(std::move(each));
  }
  for (auto& name : leases_.symbols()) names.insert(std::move(name));
  return names;
}

SubscriptionChanges SubscriptionPlan::changes(Time now) {
  SubscriptionChanges changes;
  leases_.expire(now);
  if (!catalogue_) return changes;
  const auto names = wanted();
  for (const auto& name : names) {
    if (subscribed_.contains(name)) continue;
    if (const auto id = catalogue_->id(name)) {
      changes.subscribe.push_back({name, *id});
    } else if (told_unknown_.insert(name).second) {
      changes.unknown.push_back(name);
    }
  }
  for (const auto& [name, id] : subscribed_) {
    if (!names.contains(name)) changes.unsubscribe.push_back({name, id});
  }
  for (const auto& symbol : changes.subscribe) subscribed_.emplace(symbol.name, symbol.id);
  for (const auto& symbol : changes.unsubscribe) subscribed_.erase(symbol.name);
  return changes;
}

std::vector<SymbolRef> SubscriptionPlan::subscribed() const {
  std::vector<SymbolRef> symbols;
  symbols.reserve(subscribed_.size());
  for (const auto& [name, id] : subscribed_) symbols.push_back({name, id});
  return symbols;
}

}  // namespace depthwire::streaming
