// The JSON form against known texts, and against the binary form of every message that there is.
#include "common/ctrader/json_codec.hpp"

#include "common/ctrader/payload_names.hpp"
#include "common/ctrader/unknown.hpp"
#include "proto/ctrader/messages.pb.h"
#include "proto/ctrader/simulator.pb.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace depthwire::ctrader {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ::testing::HasSubstr;

ProtoMessage message_with(std::uint32_t type, const Message& payload, const std::string& id = "") {
  ProtoMessage message;
  message.set_payloadtype(type);
  message.set_payload(payload.SerializePartialAsString());
  if (!id.empty()) message.set_clientmsgid(id);
  return message;
}

template <class Payload>
Payload payload_of(std::string_view text) {
  const auto message = message_from_json(text);
  EXPECT_TRUE(message) << message.error();
  Payload payload;
  EXPECT_TRUE(message && payload.ParsePartialFromString(message->payload()));
  return payload;
}

std::string error_of(std::string_view text) {
  const auto message = message_from_json(text);
  return message ? "" : message.error();
}

TEST(JsonCodec, AHeartbeatIsItsTypeAlone) {
  ProtoMessage heartbeat;
  heartbeat.set_payloadtype(51);

  EXPECT_EQ(json_from_message(heartbeat), R"({"payloadType":51})");
  const auto read = message_from_json(R"({"payloadType":51})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->payloadtype(), 51U);
  EXPECT_FALSE(read->has_payload());
  EXPECT_FALSE(read->has_clientmsgid());
}

TEST(JsonCodec, TheApplicationsLogIn) {
  ProtoOAApplicationAuthReq request;
  request.set_clientid("id");
  request.set_clientsecret("s3");

  EXPECT_EQ(json_from_message(message_with(2100, request, "c1")),
            R"({"clientMsgId":"c1","payloadType":2100,)"
            R"("payload":{"clientId":"id","clientSecret":"s3"}})");
}

TEST(JsonCodec, ASubscriptionHasItsSymbolsAsAList) {
  const auto* const text = R"({"clientMsgId":"c2","payloadType":2127,"payload":)"
                           R"({"ctidTraderAccountId":1000001,"symbolId":[1,279],)"
                           R"("subscribeToSpotTimestamp":true}})";
  const auto read = message_from_json(text);

  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->clientmsgid(), "c2");
  ProtoOASubscribeSpotsReq request;
  ASSERT_TRUE(request.ParseFromString(read->payload()));
  EXPECT_EQ(request.ctidtraderaccountid(), 1'000'001);
  EXPECT_EQ(request.symbolid_size(), 2);
  EXPECT_EQ(request.symbolid(1), 279);
  EXPECT_EQ(json_from_message(*read), text);
}

TEST(JsonCodec, ADepthEventHasUnsignedNumbersOf64Bits) {
  ProtoOADepthEvent event;
  event.set_ctidtraderaccountid(1'000'001);
  event.set_symbolid(1);
  auto* quote = event.add_newquotes();
  quote->set_id(18'446'744'073'709'551'615U);
  quote->set_size(100'000);
  quote->set_bid(116'175);
  event.add_deletedquotes(1'142'291'000);

  EXPECT_EQ(json_from_message(message_with(2155, event)),
            R"({"payloadType":2155,"payload":{"ctidTraderAccountId":1000001,"symbolId":1,)"
            R"("newQuotes":[{"id":18446744073709551615,"size":100000,"bid":116175}],)"
            R"("deletedQuotes":[1142291000]}})");
}

TEST(JsonCodec, TicksHaveSignedDifferences) {
  ProtoOAGetTickDataRes ticks;
  ticks.set_ctidtraderaccountid(1);
  ticks.set_hasmore(false);
  auto* tick = ticks.add_tickdata();
  tick->set_timestamp(-296);
  tick->set_tick(-1);

  const auto text = json_from_message(message_with(2146, ticks, "c3"));

  EXPECT_EQ(text, R"({"clientMsgId":"c3","payloadType":2146,"payload":{"ctidTraderAccountId":1,)"
                  R"("tickData":[{"timestamp":-296,"tick":-1}],"hasMore":false}})");
}

TEST(JsonCodec, ANumberMayBeQuotedAndAnEnumBeNamed) {
  for (
      const auto* text :
      {R"({"payloadType":2137,"payload":{"ctidTraderAccountId":5,"period":9,"symbolId":1}})",
       R"({"payloadType":2137,"payload":{"ctidTraderAccountId":"5","period":"H1","symbolId":"1"}})",
       R"({"payloadType":2137,"payload":{"ctidTraderAccountId":5,"period":"9","symbolId":1}})"}) {
    const auto request = payload_of<ProtoOAGetTrendbarsReq>(text);
    EXPECT_EQ(request.ctidtraderaccountid(), 5);
    EXPECT_EQ(request.period(), H1);
    EXPECT_EQ(request.symbolid(), 1);
  }
}

TEST(JsonCodec, ASingleValueMayStandForAList) {
  const auto request = payload_of<ProtoOASymbolByIdReq>(
      R"({"payloadType":2116,"payload":{"ctidTraderAccountId":5,"symbolId":7}})");

  ASSERT_EQ(request.symbolid_size(), 1);
  EXPECT_EQ(request.symbolid(0), 7);
}

TEST(JsonCodec, WhatWeDoNotKnowIsPassedOver) {
  const auto request = payload_of<ProtoOASymbolByIdReq>(
      R"({"payloadType":2116,"new":[{}],"payload":{"accessToken":"x","symbolId":[7],"deep":{"a":[1]},)"
      R"("ctidTraderAccountId":null}})");
  EXPECT_EQ(request.symbolid_size(), 1);
  EXPECT_FALSE(request.has_ctidtraderaccountid());

  const auto unknown = message_from_json(R"({"payloadType":9999,"payload":{"a":1}})");
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->payloadtype(), 9999U);
  EXPECT_FALSE(unknown->has_payload());
}

TEST(JsonCodec, WhatWeDoNotKnowIsLeftToBeCounted) {
  const auto message = message_from_json(
      R"({"payloadType":2117,"payload":{"ctidTraderAccountId":1,"new":[{}],)"
      R"("symbol":[{"symbolId":1,"digits":5,"tradingMode":"LUNCH","newer":null,"newest":0}]}})");
  ASSERT_TRUE(message);

  const auto unknown = find_unknown(message->payload(), *message_of(2117));

  EXPECT_EQ(unknown.fields, 3U);
  EXPECT_EQ(unknown.enum_values, 1U);
}

TEST(JsonCodec, APayloadOfWhichNothingIsKnownIsWrittenAsNone) {
  const auto message =
      message_from_json(R"({"payloadType":2100,"payload":{"payloadType":1050,"new":1}})");
  ASSERT_TRUE(message);

  EXPECT_EQ(json_from_message(*message), R"({"payloadType":2100})");
}

TEST(JsonCodec, AnEnumThatWeDoNotKnowIsNotSet) {
  for (const auto* period : {"99", R"("H99")"}) {
    const auto request = payload_of<ProtoOAGetTrendbarsReq>(
        std::string(R"({"payloadType":2137,"payload":{"symbolId":3,"period":)") + period + "}}");
    EXPECT_FALSE(request.has_period()) << period;
    EXPECT_EQ(request.symbolid(), 3) << period;
  }
}

TEST(JsonCodec, TheSimulatorsTimeIsKept) {
  ProtoOASpotEvent event;
  event.set_ctidtraderaccountid(1);
  event.set_symbolid(2);
  event.SetExtension(spot_simulator_time_ns, 1'789'757'100'309'123'457);

  const auto text = json_from_message(message_with(2131, event));

  ASSERT_TRUE(text);
  EXPECT_THAT(*text, HasSubstr("1789757100309123457"));
  const auto read = payload_of<ProtoOASpotEvent>(*text);
  EXPECT_EQ(read.GetExtension(spot_simulator_time_ns), 1'789'757'100'309'123'457);
}

TEST(JsonCodec, AnErrorSaysWhereAndWhatWasExpected) {
  EXPECT_THAT(error_of("{\n  \"payloadType\": }"), HasSubstr("line 2, column 18"));
  EXPECT_THAT(error_of("[]"), HasSubstr("a JSON object"));
  EXPECT_THAT(error_of(R"({"payload":{}})"), HasSubstr("payloadType"));
  EXPECT_THAT(error_of(R"({"payloadType":-1})"), HasSubstr("payloadType"));
  EXPECT_THAT(error_of(R"({"payloadType":51,"clientMsgId":5})"), HasSubstr("clientMsgId"));
  EXPECT_EQ(error_of(R"({"payloadType":2116,"payload":[]})"),
            "payload: expected an object, got []");
  EXPECT_EQ(error_of(R"({"payloadType":2116,"payload":{"symbolId":[1,true]}})"),
            "payload.symbolId[1]: expected an integer of 64 bits, got true");
  EXPECT_EQ(error_of(R"({"payloadType":2116,"payload":{"symbolId":9223372036854775808}})"),
            "payload.symbolId: expected an integer of 64 bits, got 9223372036854775808");
  EXPECT_EQ(error_of(R"({"payloadType":2117,"payload":{"symbol":[{"symbolId":1,"digits":1.5}]}})"),
            "payload.symbol[0].digits: expected an integer of 32 bits, got 1.5");
  EXPECT_THAT(error_of(R"({"payloadType":2116,"payload":{"symbolId":1e999}})"), HasSubstr("1e999"));
  EXPECT_THAT(error_of("\xff"), HasSubstr("line 1"));
  EXPECT_NE(error_of(""), "");
}

TEST(JsonCodec, DeepNestingIsReadOrRefusedButNoHarm) {
  const std::string deep(200'000, '[');
  EXPECT_NE(error_of(deep), "");
  EXPECT_EQ(error_of(R"({"payloadType":51,"new":)" + deep + std::string(deep.size(), ']') + "}"),
            "");
}

TEST(JsonCodec, ABinaryPayloadOfAnotherMessageHasNoJson) {
  ProtoMessage message;
  message.set_payloadtype(2131);
  message.set_payload("\xff\xff\xff");

  EXPECT_FALSE(json_from_message(message));
}

/// Sets every field, lists with two values, each value of its own.
void fill(Message& message, int& counter) {
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const auto& field = *message.GetDescriptor()->field(i);
    for (int value = 0; value < (field.is_repeated() ? 2 : 1); ++value) {
      ++counter;
      const bool many = field.is_repeated();
#define DEPTHWIRE_FILL(Type, what)                     \
  (many ? reflection.Add##Type(&message, &field, what) \
        : reflection.Set##Type(&message, &field, what))
      switch (field.cpp_type()) {
        case FieldDescriptor::CPPTYPE_INT32: DEPTHWIRE_FILL(Int32, -counter); break;
        case FieldDescriptor::CPPTYPE_INT64: DEPTHWIRE_FILL(Int64, INT64_MIN + counter); break;
        case FieldDescriptor::CPPTYPE_UINT32:
          DEPTHWIRE_FILL(UInt32, UINT32_MAX - static_cast<std::uint32_t>(counter));
          break;
        case FieldDescriptor::CPPTYPE_UINT64:
          DEPTHWIRE_FILL(UInt64, UINT64_MAX - static_cast<std::uint64_t>(counter));
          break;
        case FieldDescriptor::CPPTYPE_DOUBLE: DEPTHWIRE_FILL(Double, counter + 0.1); break;
        case FieldDescriptor::CPPTYPE_FLOAT:
          DEPTHWIRE_FILL(Float, static_cast<float>(counter) + 0.1F);
          break;
        case FieldDescriptor::CPPTYPE_BOOL: DEPTHWIRE_FILL(Bool, counter % 2 == 0); break;
        case FieldDescriptor::CPPTYPE_ENUM: {
          const auto& type = *field.enum_type();
          DEPTHWIRE_FILL(Enum, type.value(counter % type.value_count()));
          break;
        }
        case FieldDescriptor::CPPTYPE_STRING:
          DEPTHWIRE_FILL(String, "\"\\ \n\xc3\xa9 " + std::to_string(counter));
          break;
        case FieldDescriptor::CPPTYPE_MESSAGE:
          fill(many ? *reflection.AddMessage(&message, &field)
                    : *reflection.MutableMessage(&message, &field),
               counter);
          break;
      }
#undef DEPTHWIRE_FILL
    }
  }
}

TEST(JsonCodec, EveryMessageComesBackAsItWas) {
  int counter = 0;
  int messages = 0;
  for (std::uint32_t type = 0; type < 3000; ++type) {
    const auto payload = make_payload(type);
    if (payload == nullptr) continue;
    ++messages;
    fill(*payload, counter);
    const auto message = message_with(type, *payload, "id");

    const auto text = json_from_message(message);
    ASSERT_TRUE(text) << payload_name(type);
    const auto read = message_from_json(*text);

    ASSERT_TRUE(read) << payload_name(type) << ": " << read.error();
    EXPECT_EQ(read->payloadtype(), type);
    EXPECT_EQ(read->clientmsgid(), "id");
    const auto again = make_payload(type);
    ASSERT_TRUE(again->ParseFromString(read->payload())) << payload_name(type);
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(*payload, *again))
        << payload_name(type);
  }
  EXPECT_EQ(messages, 96);  // all payload types of messages.tsv
}

}  // namespace
}  // namespace depthwire::ctrader
