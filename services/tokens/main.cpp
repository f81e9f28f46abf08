#include "common/ctrader/wiring.hpp"
#include "common/service/run.hpp"
#include "common/tokens/lock.hpp"
#include "services/tokens/actors/feed_server.hpp"
#include "services/tokens/actors/keeper.hpp"
#include "services/tokens/config.hpp"
#include "services/tokens/open_store.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <spdlog/spdlog.h>

#include <cerrno>
#include <chrono>
#include <functional>
#include <stop_token>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <system_error>

namespace {

using namespace depthwire;
namespace asio = boost::asio;

constexpr std::chrono::seconds look_every{1};
constexpr std::int64_t soon_ms = 24 * 3'600'000LL;

std::int64_t unix_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// Neither a core file nor the swap nor another process of this user shows a token.
void keep_memory_private() {
  const rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0 || ::prctl(PR_SET_DUMPABLE, 0) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot turn core files off");
  }
  rlimit lockable{};
  ::getrlimit(RLIMIT_MEMLOCK, &lockable);
  // Where there is a limit, memory that is locked as it comes would run into it some day; the
  // store's key is locked by itself.
  if (lockable.rlim_cur == RLIM_INFINITY) ::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
}

/// What /readyz and /metrics tell of the grant.
class Telemetry {
 public:
  explicit Telemetry(service::Runtime& runtime)
      : health_(runtime.health()),
        heartbeat_(health_.heartbeat("grant")),
        expires_(runtime.metrics().gauge("token_expiry_seconds",
                                         "When the access token ends, UNIX time; 0: none.")),
        refreshed_(result(runtime, "refreshed")),
        refused_(result(runtime, "refused")),
        unanswered_(result(runtime, "unanswered")) {
    health_.set("token", "starting");
  }

  void beat() { heartbeat_.beat(); }
  void show(const tokens::KeeperStatus& status) {
    refreshed_.raise_to(status.refreshed);
    refused_.raise_to(status.refused);
    unanswered_.raise_to(status.unanswered);
    expires_.set(static_cast<double>(status.expires_ms.value_or(0)) / 1'000);
    if (status.login_required) {
      health_.set("token", status.line.reason);
    } else if (!status.expires_ms) {
      health_.set("token", status.line.reason);
    } else if (*status.expires_ms - unix_ms() < soon_ms) {
      health_.set("token", "the access token ends within 24 hours");
    } else {
      health_.clear("token");
    }
  }

 private:
  static metrics::Counter& result(service::Runtime& runtime, const std::string& name) {
    return runtime.metrics().counter("token_refreshes_total", "Refreshes by how they ended.",
                                     {{"result", name}});
  }

  service::Health& health_;
  service::Heartbeat& heartbeat_;
  metrics::Gauge& expires_;
  metrics::Counter& refreshed_;
  metrics::Counter& refused_;
  metrics::Counter& unanswered_;
};

std::filesystem::path socket_of(const tokens::Config& config, config::Environment environment) {
  const auto socket = ctrader::token_socket(config.ctrader, environment);
  if (socket.empty()) {
    throw service::ExitError(service::exit_code::config,
                             "ctrader.tokens: in sim, name the socket that streaming and "
                             "historical are to hear the token from");
  }
  return socket;
}

void hold(service::Runtime& runtime, const tokens::Config& config, const std::stop_token& stop) {
  const auto environment = runtime.which();
  const auto store_file = tokens::store_file(config, environment);
  auto store = tokens::open_store(config, environment);
  const tokens::HolderLock lock(store_file);
  if (!lock.held()) {
    throw service::ExitError(service::exit_code::lock_held,
                             "another process holds " + store_file.string());
  }
  asio::io_context io;
  asio::thread_pool pool(1);
  Telemetry telemetry(runtime);
  tokens::FeedServer feed(io, socket_of(config, environment));
  const auto options = ctrader::client_options(config.ctrader, environment, "tokens");
  tokens::Keeper keeper(
      std::move(store),
      {.url = tokens::endpoint_url(config, environment),
       .ca_file = options.connection.ca_file,
       .application = {options.account.client_id, options.account.client_secret}},
      {.unix_ms = unix_ms,
       .elsewhere =
           [&](tokens::Keeper::Work work, std::function<void(tokens::Reply)> done) {
             asio::post(pool, [&io, stop, work = std::move(work), done = std::move(done)] {
               asio::post(io, [done, reply = work(stop)] { done(reply); });
             });
           },
       .changed =
           [&](const tokens::KeeperStatus& status) {
             telemetry.show(status);
             feed.tell(status.line);
           }});
  keeper.import(config.refresh_token.reveal(), config.ctrader.account_id);

  asio::steady_timer timer(io);
  const std::function<void()> tick = [&] {
    telemetry.beat();
    keeper.tick();
    timer.expires_after(look_every);
    timer.async_wait([&](const boost::system::error_code& error) {
      if (!error) tick();
    });
  };
  const std::stop_callback stopping(stop, [&io] { io.stop(); });
  tick();
  if (!stop.stop_requested()) io.run();
  pool.stop();  // a refresh under way is found as begun at the next start
}

}  // namespace

int main(int argc, char** argv) {
  return service::run<tokens::Config>(
      {.name = "tokens", .summary = "Holds the grant of an environment and keeps it fresh."}, argc,
      argv, [](service::Runtime& runtime, const tokens::Config& config) {
        keep_memory_private();
        runtime.thread("grant", [&runtime, &config](const std::stop_token& stop) {
          hold(runtime, config, stop);
        });
      });
}
