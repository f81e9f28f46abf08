#pragma once

#include "common/bus/subscriber.hpp"
#include "services/persister/actors/store.hpp"

#include <optional>
#include <span>
#include <string>

namespace depthwire::persister {

/// One record of a batch, with the loss that was noticed before it. Neither is owned.
struct Item {
  const std::string* source = nullptr;
  const journal::Record* record = nullptr;
  std::optional<bus::Lost> lost;

  void add_to(Rows& rows) const {
    note_loss(rows);
    rows.add(*source, *record);
  }
  void note_loss(Rows& rows) const {
    if (!lost) return;
    rows.note_loss(*source, lost->after, lost->first, lost->cause == bus::Lost::Cause::replaced);
  }
};

/// Stores a batch that the database has refused for its data: halves it until the records that
/// are refused stand alone, and stores those as dead letters. Each part is a transaction with its
/// own checkpoint, so a crash in between does no harm.
void store_isolating(Store& store, std::span<const Item> items);

}  // namespace depthwire::persister
