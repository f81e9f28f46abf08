// A history reply of 10,000 ticks, from its bytes to values in order of time, over the parsing of
// protobuf alone.
#include "bench/edge/edge.hpp"
#include "bench/pipeline/figure.hpp"
#include "proto/ctrader/messages.pb.h"
#include "services/historical/core/tick_decoder.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

namespace depthwire::bench {
namespace {

constexpr int ticks = 10'000;
constexpr int rounds = 401;

std::string reply() {
  ctrader::ProtoOAGetTickDataRes answer;
  answer.set_ctidtraderaccountid(1);
  answer.set_hasmore(true);
  for (int i = 0; i < ticks; ++i) {
    auto* tick = answer.add_tickdata();
    tick->set_timestamp(i == 0 ? 1'789'757'100'309 : -(i % 700));
    tick->set_tick(i == 0 ? 114'812 : i % 5 - 2);
  }
  return answer.SerializeAsString();
}

template <class Work>
double us(const Work& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin)
      .count();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

void measure_tick_decode() {
  const auto bytes = reply();
  ctrader::ProtoOAGetTickDataRes answer;  // its memory is used again, both ways
  std::vector<double> whole, bare;
  // In turns: what disturbs the machine disturbs both.
  for (int round = 0; round < rounds; ++round) {
    bare.push_back(us([&] { (void)answer.ParseFromString(bytes); }));
    whole.push_back(us([&] {
      (void)answer.ParseFromString(bytes);
      const auto values = historical::decode_ticks(answer);
      if (!values || values->size() != ticks) throw std::runtime_error("not all ticks were read");
    }));
  }
  print({"edge.tick_decode_ratio", median(whole), "us", median(bare)});
}

}  // namespace depthwire::bench
