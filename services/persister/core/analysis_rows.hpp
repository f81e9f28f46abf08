#pragma once

#include "proto/bus/signal.pb.h"
#include "services/persister/core/row_writer.hpp"

namespace depthwire::persister {

/// Each writes one row of its table after RowWriter's constructor began it.
void write_signal(RowWriter& row, const RowHead& head, const bus::Signal& signal);
void write_sentiment(RowWriter& row, const RowHead& head, const bus::Sentiment& sentiment);
void write_alert(RowWriter& row, const RowHead& head, const bus::Alert& alert);

}  // namespace depthwire::persister
