#pragma once

#include <cstdint>
#include <string>

namespace depthwire::state {

/// Serializes a map from texts whose values cannot be made from nothing: `make(key)` puts one into
/// the map and gives it.
template <class Archive, class Map, class Make>
void serialize_map(Archive& archive, Map& map, const Make& make) {
  auto size = static_cast<std::uint64_t>(map.size());
  archive(size);
  if constexpr (Archive::is_loading::value) {
    map.clear();
    for (; size > 0; --size) {
      std::string key;
      archive(key);
      archive(make(key));
    }
  } else {
    for (auto& [key, value] : map) archive(key, value);
  }
}

}  // namespace depthwire::state
