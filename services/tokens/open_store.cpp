#include "services/tokens/open_store.hpp"

#include "common/service/exit_error.hpp"

namespace depthwire::tokens {

Store open_store(const Config& config, config::Environment environment) {
  const auto file = store_file(config, environment);
  auto key_file = file;
  key_file.replace_extension(".key");
  try {
    return {file, environment, [&](const secrets::Salt& salt) {
              return load_key(config.key, environment, key_file, salt);
            }};
  } catch (const WrongKey& error) {
    throw service::ExitError(service::exit_code::config, error.what());
  } catch (const sqlite::Error& error) {
    throw service::ExitError(service::exit_code::disk, error.what());
  }
}

}  // namespace depthwire::tokens
