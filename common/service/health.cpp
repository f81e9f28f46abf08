#include "common/service/health.hpp"

#include "common/log/setup.hpp"

namespace depthwire::service {
namespace {

template <class Map>
std::string object(const Map& map) {
  std::string text = "{";
  for (const auto& [key, value] : map) {
    text += (text.size() > 1 ? "," : "");
    text += '"' + log::json_escape(key) + "\":\"" + log::json_escape(value) + '"';
  }
  return text + "}";
}

}  // namespace

void Health::set(std::string_view code, std::string_view text) {
  const std::lock_guard lock(mutex_);
  reasons_.insert_or_assign(std::string(code), std::string(text));
}

void Health::clear(std::string_view code) {
  const std::lock_guard lock(mutex_);
  if (const auto found = reasons_.find(code); found != reasons_.end()) reasons_.erase(found);
}

void Health::info(std::string_view key, std::string_view value) {
  const std::lock_guard lock(mutex_);
  info_.insert_or_assign(std::string(key), std::string(value));
}

Heartbeat& Health::heartbeat(std::string_view loop) {
  const std::lock_guard lock(mutex_);
  auto& entry = heartbeats_.try_emplace(std::string(loop)).first->second;
  if (!entry) entry = std::make_shared<Heartbeat>();
  return *entry;
}

void Health::alive() { heartbeat("main").beat(); }

void Health::retire(std::string_view loop) {
  const std::lock_guard lock(mutex_);
  if (const auto found = heartbeats_.find(loop); found != heartbeats_.end()) {
    heartbeats_.erase(found);
  }
}

bool Health::ready() const {
  const std::lock_guard lock(mutex_);
  return reasons_.empty();
}

std::string Health::stalled() const {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, heartbeat] : heartbeats_) {
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(heartbeat->age());
    if (age >= longest_silence) {
      return "the loop " + name + " has not moved for " + std::to_string(age.count()) + " s";
    }
  }
  return "";
}

std::string Health::json() const {
  const std::lock_guard lock(mutex_);
  return std::string("{\"ready\":") + (reasons_.empty() ? "true" : "false") +
         ",\"reasons\":" + object(reasons_) + ",\"info\":" + object(info_) + ",\"last_error\":\"" +
         log::json_escape(log::last_error()) + "\"}\n";
}

}  // namespace depthwire::service
