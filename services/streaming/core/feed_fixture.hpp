#pragma once

#include "proto/bus/envelope.pb.h"
#include "proto/ctrader/messages.pb.h"
#include "proto/ctrader/simulator.pb.h"
#include "services/streaming/core/feed.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::streaming {

struct Recorded {
  std::string topic;
  int type = 0;
  std::uint16_t flags = 0;
  bus::Envelope envelope;
};

class RecordList final : public RecordSink {
 public:
  journal::TopicId topic(std::string_view kind, std::string_view symbol) override {
    topics_.push_back(std::string(kind) + "." + std::string(symbol));
    return {static_cast<std::uint32_t>(topics_.size() - 1)};
  }
  void append(journal::TopicId topic, int type, std::string_view envelope,
              std::uint16_t flags) override {
    auto& record = records.emplace_back();
    record.topic = topics_.at(topic.index);
    record.type = type;
    record.flags = flags;
    EXPECT_TRUE(record.envelope.ParseFromArray(envelope.data(), static_cast<int>(envelope.size())));
    EXPECT_EQ(static_cast<int>(record.envelope.payload_case()), type);
  }

  std::vector<Recorded> records;

 private:
  std::vector<std::string> topics_;
};

class FeedTest : public ::testing::Test {
 protected:
  static constexpr std::int64_t symbol_id = 7;

  void SetUp() override {
    feed_.add(symbol_id, "EURUSD");
    sink_.records.clear();
  }
  static ctrader::ProtoOADepthEvent event(std::int64_t time_ns) {
    ctrader::ProtoOADepthEvent message;
    message.set_ctidtraderaccountid(1);
    message.set_symbolid(symbol_id);
    message.SetExtension(ctrader::depth_simulator_time_ns, time_ns);
    return message;
  }
  static void add_bid(ctrader::ProtoOADepthEvent& message, std::uint64_t id, std::uint64_t price) {
    auto* quote = message.add_newquotes();
    quote->set_id(id);
    quote->set_size(100);
    quote->set_bid(price);
  }
  static ctrader::ProtoOASpotEvent spot(std::int64_t time_ns) {
    ctrader::ProtoOASpotEvent message;
    message.set_ctidtraderaccountid(1);
    message.set_symbolid(symbol_id);
    message.SetExtension(ctrader::spot_simulator_time_ns, time_ns);
    return message;
  }
  void send(const ctrader::ProtoOADepthEvent& message) { feed_.depth(message.SerializeAsString()); }
  void send(const ctrader::ProtoOASpotEvent& message) { feed_.spot(message.SerializeAsString()); }
  const Recorded& last() { return sink_.records.back(); }

  RecordList sink_;
  ctrader::ReceiveClock clock_ = ctrader::ReceiveClock::simulated(0);
  Feed feed_{sink_, clock_};
};

}  // namespace depthwire::streaming
