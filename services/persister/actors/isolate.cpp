#include "services/persister/actors/isolate.hpp"

namespace depthwire::persister {

void store_isolating(Store& store, std::span<const Item> items) {
  if (items.empty()) return;
  Rows rows;
  for (const Item& item : items) item.add_to(rows);
  std::string reason;
  try {
    store.store(rows);
    return;
  } catch (const postgres::Error& error) {
    if (!error.bad_data() || error.duplicate_key()) throw;
    reason = error.what();
  }
  if (items.size() > 1) {
    const std::size_t half = items.size() / 2;
    store_isolating(store, items.first(half));
    store_isolating(store, items.subspan(half));
    return;
  }
  rows.clear();
  const Item& item = items.front();
  item.note_loss(rows);
  rows.add_dead_letter(*item.source, *item.record, reason);
  store.store(rows);
}

}  // namespace depthwire::persister
