#pragma once

#include "common/ctrader/catalogue.hpp"
#include "common/ctrader/client.hpp"

#include <functional>
#include <vector>

namespace depthwire::ctrader {

using CatalogueHandler = std::function<void(tl::expected<Catalogue, BrokerError>)>;
using DetailsHandler = std::function<void(tl::expected<std::vector<ProtoOASymbol>, BrokerError>)>;

/// Fetches the lists of assets and symbols. `handler` is called once, unless `client` is stopped.
void load_catalogue(Client& client, std::int64_t account, CatalogueHandler handler);

/// Fetches the full data of `symbols`, 50 in a request; the server may leave out unknown ones. With
/// no symbols nothing is asked and `handler` is called at once.
void load_details(Client& client, std::int64_t account, std::vector<std::int64_t> symbols,
                  DetailsHandler handler);

}  // namespace depthwire::ctrader
