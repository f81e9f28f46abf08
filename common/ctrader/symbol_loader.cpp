#include "common/ctrader/symbol_loader.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace depthwire::ctrader {
namespace {

constexpr std::size_t symbols_per_request = 50;

/// Answers that belong together: the handler hears of the last one, or of the first error.
template <class Result>
struct Gathering {
  Result result;
  std::size_t missing = 0;
  std::function<void(tl::expected<Result, BrokerError>)> handler;

  void fail(BrokerError error) {
    if (auto once = std::exchange(handler, nullptr)) once(tl::unexpected(std::move(error)));
  }
  void got_one() {
    if (--missing > 0 || !handler) return;
    std::exchange(handler, nullptr)(std::move(result));
  }
};

/// Parses an answer and hands the message to `take`.
template <class Message, class Result, class Take>
AnswerHandler part_of(std::shared_ptr<Gathering<Result>> gathering, Take take) {
  return [gathering = std::move(gathering), take](const Answer& answer) {
    if (!answer) return gathering->fail(answer.error());
    Message message;
    if (!parse_payload(*answer, message)) {
      return gathering->fail({.code = "UNREADABLE_ANSWER"});
    }
    take(gathering->result, message);
    gathering->got_one();
  };
}

}  // namespace

void load_catalogue(Client& client, std::int64_t account, CatalogueHandler handler) {
  auto gathering = std::make_shared<Gathering<Catalogue>>();
  gathering->missing = 2;
  gathering->handler = std::move(handler);
  client.send(asset_list(account),
              part_of<ProtoOAAssetListRes>(gathering, [](auto& catalogue, const auto& message) {
                catalogue.set_assets(message);
              }));
  client.send(symbol_list(account),
              part_of<ProtoOASymbolsListRes>(gathering, [](auto& catalogue, const auto& message) {
                catalogue.set_symbols(message);
              }));
}

void load_details(Client& client, std::int64_t account, std::vector<std::int64_t> symbols,
                  DetailsHandler handler) {
  if (symbols.empty()) return handler(std::vector<ProtoOASymbol>());
  auto gathering = std::make_shared<Gathering<std::vector<ProtoOASymbol>>>();
  gathering->missing = (symbols.size() + symbols_per_request - 1) / symbols_per_request;
  gathering->handler = std::move(handler);
  for (std::size_t at = 0; at < symbols.size(); at += symbols_per_request) {
    const auto size = std::min(symbols_per_request, symbols.size() - at);
    client.send(symbols_by_id(account, std::span{symbols}.subspan(at, size)),
                part_of<ProtoOASymbolByIdRes>(gathering, [](auto& details, const auto& message) {
                  details.insert(details.end(), message.symbol().begin(), message.symbol().end());
                }));
  }
}

}  // namespace depthwire::ctrader
