#pragma once

#include "proto/bus/market.pb.h"
#include "services/persister/core/row_writer.hpp"

namespace depthwire::persister {

/// Each writes one row of its table after RowWriter's constructor began it.
void write_tick(RowWriter& row, const RowHead& head, bus::Side side, std::int64_t points);
void write_depth(RowWriter& row, const RowHead& head, const bus::Book& book);
void write_candle(RowWriter& row, const RowHead& head, const bus::Bar& bar);
void write_connection(RowWriter& row, const RowHead& head, const bus::Connection& connection);
void write_quality(RowWriter& row, const RowHead& head, const bus::DataQuality& quality);
void write_news(RowWriter& row, const RowHead& head, const bus::News& news);
void write_calendar(RowWriter& row, const RowHead& head, const bus::CalendarEvent& event);

}  // namespace depthwire::persister
