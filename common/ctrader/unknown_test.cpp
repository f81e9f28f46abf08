#include "common/ctrader/unknown.hpp"

#include "proto/ctrader/messages.pb.h"

#include <gtest/gtest.h>

namespace depthwire::ctrader {
namespace {

Unknown find_in(const google::protobuf::Message& message, const std::string& more = "") {
  return find_unknown(message.SerializePartialAsString() + more, *message.GetDescriptor());
}

ProtoOASymbolByIdRes one_symbol() {
  ProtoOASymbolByIdRes message;
  message.set_ctidtraderaccountid(1);
  auto* symbol = message.add_symbol();
  symbol->set_symbolid(7);
  symbol->set_tradingmode(CLOSE_ONLY_MODE);
  symbol->add_schedule()->set_startsecond(5);
  return message;
}

TEST(Unknown, OfAMessageThatWeKnowThereIsNothing) {
  const auto unknown = find_in(one_symbol());

  EXPECT_EQ(unknown.fields, 0U);
  EXPECT_EQ(unknown.enum_values, 0U);
}

TEST(Unknown, FieldsAreCountedAtAnyDepth) {
  auto message = one_symbol();
  message.GetReflection()->MutableUnknownFields(&message)->AddVarint(100, 1);
  auto& symbol = *message.mutable_symbol(0);
  symbol.GetReflection()->MutableUnknownFields(&symbol)->AddLengthDelimited(200)->append("text");
  auto& interval = *symbol.mutable_schedule(0);
  interval.GetReflection()->MutableUnknownFields(&interval)->AddFixed64(90, 1);

  EXPECT_EQ(find_in(message).fields, 3U);
}

TEST(Unknown, ValuesOfEnumsAreCounted) {
  auto message = one_symbol();
  auto& symbol = *message.mutable_symbol(0);
  symbol.GetReflection()->MutableUnknownFields(&symbol)->AddVarint(27, 77);  // tradingMode

  const auto unknown = find_in(message);

  EXPECT_EQ(unknown.fields, 0U);
  EXPECT_EQ(unknown.enum_values, 1U);
}

TEST(Unknown, WhatIsMalformedIsLookedThroughUpToThere) {
  const std::string unknown_field = "\xa0\x06\x01";  // 100: 1
  const std::string cut = "\x1a\x7f";                // a symbol of 127 bytes that are not there

  EXPECT_EQ(find_in(one_symbol(), unknown_field + cut + unknown_field).fields, 1U);
  EXPECT_EQ(find_in(one_symbol(), std::string("\x07")).fields, 0U);
}

}  // namespace
}  // namespace depthwire::ctrader
